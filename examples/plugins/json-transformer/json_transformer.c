// A plugin in C: returns a request's parameters with every text in capitals.
//
// clang --target=wasm32-wasi -O2 -mexec-model=reactor json_transformer.c -o json-transformer.wasm
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT(name) __attribute__((export_name(name)))

// ---- text that grows

typedef struct {
  char* bytes;
  size_t size, capacity;
} Text;

static void append(Text* text, const char* bytes, size_t size) {
  if (text == NULL) return;
  if (text->size + size > text->capacity) {
    text->capacity = 2 * (text->size + size);
    text->bytes = realloc(text->bytes, text->capacity);
    if (text->bytes == NULL) abort();
  }
  memcpy(text->bytes + text->size, bytes, size);
  text->size += size;
}

static void append_literal(Text* text, const char* literal) { append(text, literal, strlen(literal)); }

// ---- JSON, copied value by value

typedef struct {
  const char *at, *end;
  int depth;
} Input;

static bool copy_value(Input* in, Text* out);

static void skip_space(Input* in) {
  while (in->at < in->end && memchr(" \t\r\n", *in->at, 4)) in->at++;
}

static bool accept(Input* in, Text* out, char c) {
  skip_space(in);
  if (in->at == in->end || *in->at != c) return false;
  append(out, in->at++, 1);
  return true;
}

static char upper(char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; }

static bool copy_string(Input* in, Text* out, bool capitals) {
  if (!accept(in, out, '"')) return false;
  while (in->at < in->end && *in->at != '"') {
    if (*in->at == '\\') { // the escape's letter stays as it is
      append(out, in->at++, 1);
      if (in->at == in->end) return false;
      append(out, in->at++, 1);
      continue;
    }
    char c = capitals ? upper(*in->at) : *in->at;
    in->at++;
    append(out, &c, 1);
  }
  return accept(in, out, '"');
}

static bool copy_members(Input* in, Text* out, bool object) {
  char close = object ? '}' : ']';
  if (accept(in, out, close)) return true;
  do {
    if (object && !(copy_string(in, out, false) && accept(in, out, ':'))) return false;
    if (!copy_value(in, out)) return false;
  } while (accept(in, out, ','));
  return accept(in, out, close);
}

static bool copy_scalar(Input* in, Text* out) {
  const char* start = in->at;
  while (in->at < in->end && memchr("+-.0123456789Eaeflnrstu", *in->at, 23)) in->at++;
  append(out, start, (size_t)(in->at - start));
  return in->at > start;
}

// Copies one value; a null `out` only skips it.
static bool copy_value(Input* in, Text* out) {
  if (in->depth == 100) return false;
  in->depth++;
  bool ok;
  if (accept(in, out, '{'))
    ok = copy_members(in, out, true);
  else if (accept(in, out, '['))
    ok = copy_members(in, out, false);
  else if (in->at < in->end && *in->at == '"')
    ok = copy_string(in, out, true);
  else
    ok = copy_scalar(in, out);
  in->depth--;
  return ok;
}

// The value of the request's "parameters".
static bool copy_parameters(Input* in, Text* out) {
  if (!accept(in, NULL, '{')) return false;
  bool found = false;
  do {
    skip_space(in);
    const char* key = in->at;
    if (!copy_string(in, NULL, false)) return false;
    bool wanted = !found && in->at - key == 12 && memcmp(key, "\"parameters\"", 12) == 0;
    if (!accept(in, NULL, ':') || !copy_value(in, wanted ? out : NULL)) return false;
    found = found || wanted;
  } while (accept(in, NULL, ','));
  return found && accept(in, NULL, '}');
}

// ---- what the host calls

// The host gives the buffer back with `deallocate`.
static uint64_t packed(Text text) { return (uint64_t)(uintptr_t)text.bytes << 32 | text.size; }

EXPORT("allocate") void* allocate(uint32_t size) { return malloc(size); }
EXPORT("deallocate") void deallocate(void* buffer, uint32_t size) {
  (void)size;
  free(buffer);
}

EXPORT("meta") uint64_t meta(void) {
  Text text = {0};
  append_literal(&text, "{\"name\":\"json-transformer\",\"version\":\"1.0.0\","
                        "\"description\":\"Capitalizes texts\",\"author\":\"Skerry\"}");
  return packed(text);
}

EXPORT("execute") uint64_t execute(const char* request, uint32_t size) {
  Input in = {request, request + size, 0};
  Text text = {0};
  append_literal(&text, "{\"success\":true,\"data\":");
  if (copy_parameters(&in, &text)) {
    append_literal(&text, ",\"error\":\"\"}");
  } else {
    text.size = 0;
    append_literal(&text, "{\"success\":false,\"data\":null,\"error\":\"the request has no parameters\"}");
  }
  return packed(text);
}
