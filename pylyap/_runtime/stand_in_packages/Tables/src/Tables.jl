# Stand-in: see ../../README.md.
module Tables

function istable end
function rowaccess end
function columnaccess end
function rows end
function columns end
function columnnames end
function getcolumn end
function materializer end

struct Schema end
struct DictColumnTable end
struct OrderedDict end

end
