# Stand-in: see ../../README.md.
module CondaPkg

backend() = :Null
envdir(path...) = ""
activate!(environment) = environment

end
