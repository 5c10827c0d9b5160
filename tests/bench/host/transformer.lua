-- The work of the json-transformer plugin: the request's parameters, every text in capitals.
local find, sub, upper = string.find, string.sub, string.upper

local copy_value

local function skip_space(text, at)
  return find(text, "[^ \t\r\n]", at) or #text + 1
end

local function copy_string(text, at, out, capitals)
  local from = at
  at = at + 1
  while true do
    local stop = find(text, '["\\]', at)
    if sub(text, stop, stop) == '"' then at = stop + 1 break end
    at = stop + 2
  end
  if out then
    local copy = sub(text, from, at - 1)
    out[#out + 1] = capitals and copy:gsub("\\?.", function(c) return #c == 1 and upper(c) or c end) or copy
  end
  return at
end

local function copy_members(text, at, out, close, object)
  if out then out[#out + 1] = object and "{" or "[" end
  at = skip_space(text, at + 1)
  if sub(text, at, at) == close then
    if out then out[#out + 1] = close end
    return at + 1
  end
  while true do
    at = skip_space(text, at)
    if object then
      at = skip_space(text, copy_string(text, at, out, false))
      if out then out[#out + 1] = ":" end
      at = at + 1
    end
    at = skip_space(text, copy_value(text, at, out))
    local c = sub(text, at, at)
    if out then out[#out + 1] = c end
    at = at + 1
    if c == close then return at end
  end
end

function copy_value(text, at, out)
  at = skip_space(text, at)
  local c = sub(text, at, at)
  if c == "{" then return copy_members(text, at, out, "}", true) end
  if c == "[" then return copy_members(text, at, out, "]", false) end
  if c == '"' then return copy_string(text, at, out, true) end
  local _, last = find(text, "^[-+.%deEaflnrstu]+", at)
  if out then out[#out + 1] = sub(text, at, last) end
  return last + 1
end

function transform(request)
  local out = { '{"success":true,"data":' }
  local at = skip_space(request, 1) + 1
  while true do
    at = skip_space(request, at)
    local key = at
    at = copy_string(request, at, nil, false)
    local wanted = sub(request, key, at - 1) == '"parameters"'
    at = copy_value(request, skip_space(request, at) + 1, wanted and out or nil)
    at = skip_space(request, at)
    if sub(request, at, at) ~= "," then break end
    at = at + 1
  end
  out[#out + 1] = ',"error":""}'
  return table.concat(out)
end
