# What `pylyap doctor` wants to know of the running Julia.
module PylyapMeasure

using LinearAlgebra
using Libdl

blas_file() = isdefined(BLAS, :get_config) ? first(BLAS.get_config().loaded_libs).libname : BLAS.libblas

"File name of the BLAS library, and the kernel OpenBLAS chose for this processor (\"unknown\" for others)."
function blas()
    library = dlopen(blas_file())
    name = dlsym(library, :openblas_get_corename64_; throw_error = false)
    kernel = name === nothing ? "unknown" : unsafe_string(ccall(name, Cstring, ()))
    return basename(realpath(dlpath(library))), kernel
end

"Best rate of three n x n matrix products on `threads` threads, in 1e9 floating-point operations per second."
function gflops(n, threads)
    before = BLAS.get_num_threads()
    BLAS.set_num_threads(threads)
    A, B, C = ones(n, n), ones(n, n), zeros(n, n)
    mul!(C, A, B)
    seconds = minimum(@elapsed(mul!(C, A, B)) for _ in 1:3)
    BLAS.set_num_threads(before)
    return 2 * n^3 / seconds / 1e9
end

end
