// The work of the json-transformer plugin: the request's parameters, every text in capitals.
function capitals(value) {
  if (typeof value === "string") return value.toUpperCase();
  if (Array.isArray(value)) return value.map(capitals);
  if (value === null || typeof value !== "object") return value;
  const copy = {};
  for (const key in value) copy[key] = capitals(value[key]);
  return copy;
}

function transform(request) {
  return JSON.stringify({ success: true, data: capitals(JSON.parse(request).parameters), error: "" });
}
