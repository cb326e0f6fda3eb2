# Stand-in: see ../../README.md.
module UnsafePointers

export UnsafePtr

"""
A pointer to a `T` in memory Julia does not manage. `p.name` points to a field, `p[]` and `p[i]` load
(a loaded pointer comes back as an `UnsafePtr`), `p[!]` loads without wrapping, `p[] = x` stores.
"""
struct UnsafePtr{T}
    address::UInt
    UnsafePtr{T}(p::Ptr) where {T} = new{T}(UInt(p))
end

UnsafePtr(p::Ptr{T}) where {T} = UnsafePtr{T}(p)
UnsafePtr{T}(p::UnsafePtr) where {T} = UnsafePtr{T}(raw(p))

# `p.address` would mean a field of T, so the address is read with `getfield`.
raw(p::UnsafePtr{T}) where {T} = Ptr{T}(getfield(p, :address))

Base.Ptr{S}(p::UnsafePtr) where {S} = Ptr{S}(raw(p))
Base.convert(::Type{Ptr{S}}, p::UnsafePtr) where {S} = Ptr{S}(p)
Base.unsafe_convert(::Type{Ptr{S}}, p::UnsafePtr) where {S} = Ptr{S}(p)
Base.:(==)(p::UnsafePtr, q::Ptr) = raw(p) == q
Base.:(==)(p::Ptr, q::UnsafePtr) = p == raw(q)

Base.propertynames(::UnsafePtr{T}) where {T} = fieldnames(T)
function Base.getproperty(p::UnsafePtr{T}, name::Symbol) where {T}
    field = Base.fieldindex(T, name)
    return UnsafePtr{fieldtype(T, field)}(raw(p) + fieldoffset(T, field))
end

wrap(x) = x
wrap(p::Ptr) = UnsafePtr(p)

Base.getindex(p::UnsafePtr, i::Integer = 1) = wrap(unsafe_load(raw(p), i))
Base.getindex(p::UnsafePtr, ::typeof(!)) = unsafe_load(raw(p))
Base.setindex!(p::UnsafePtr{T}, x, i::Integer = 1) where {T} = unsafe_store!(raw(p), convert(T, x), i)

end
