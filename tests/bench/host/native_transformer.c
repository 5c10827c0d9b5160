// The json-transformer plugin as a native shared object: the same source, with pointers of another size.
#include "examples/plugins/json-transformer/json_transformer.c"

__attribute__((visibility("default"))) char* transform(const char* request, uint32_t size,
                                                       uint32_t* answer_size) {
  Input in = {request, request + size, 0};
  Text text = {0};
  append_literal(&text, "{\"success\":true,\"data\":");
  if (!copy_parameters(&in, &text)) abort();
  append_literal(&text, ",\"error\":\"\"}");
  *answer_size = (uint32_t)text.size;
  return text.bytes;
}
