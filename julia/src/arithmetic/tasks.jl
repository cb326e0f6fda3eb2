# Work shared by tasks, one per core, each with BLAS on one thread.

# Calls `work(part)` for the parts 1 to `n_parts`, in any order; each is taken by the next free one of `n_tasks` tasks. The
# parts do not depend on the number of tasks, so neither does a bit of what they compute.
function share_work(work::F, n_parts, n_tasks) where {F}
    if n_tasks == 1 || n_parts == 1
        for part in 1:n_parts
            work(part)
        end
        return nothing
    end
    taken = Threads.Atomic{Int}(0)
    @sync for _ in 1:min(n_tasks, n_parts)
        Threads.@spawn while true
            part = Threads.atomic_add!(taken, 1) + 1
            part > n_parts && break
            work(part)
        end
    end
    return nothing
end

# Range number `i` of `count` nearly equal ones that 1:n is cut into.
part_of(n, count, i) = div((i - 1) * n, count)+1:div(i * n, count)
