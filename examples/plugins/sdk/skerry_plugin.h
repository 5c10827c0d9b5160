/* Skerry guest SDK for C and C++: one header, nothing to link. docs/plugins.md is the specification.
 *
 *   #include "skerry_plugin.h"
 *   SKERRY_META("hello", "1.0.0")
 *   skerry_bytes skerry_execute(skerry_bytes input) { return skerry_text("{\"success\":true}"); }
 *
 * For C++ there are functions on std::string at the end. If a plugin has several files, define
 * SKERRY_PLUGIN_IMPLEMENTATION_ELSEWHERE before the include in all of them except one.
 */
#ifndef SKERRY_PLUGIN_H
#define SKERRY_PLUGIN_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SKERRY_EXPORT(name) __attribute__((export_name(#name), used))
#define SKERRY_IMPORT(name) __attribute__((import_module("env"), import_name(#name)))

/* ---- what a plugin defines ---- */

/* Bytes with their length. Bytes that skerry_execute returns must come from skerry_copy, skerry_text or
 * malloc, because the host frees them with `deallocate`. */
typedef struct {
  char* data;
  uint32_t size;
} skerry_bytes;

/* Called for each request. `input` is only valid during the call. */
skerry_bytes skerry_execute(skerry_bytes input);

/* ---- what a plugin can use ---- */

static inline skerry_bytes skerry_copy(const void* data, uint32_t size) {
  skerry_bytes copy;
  copy.data = (char*)malloc(size != 0 ? size : 1);
  copy.size = copy.data != NULL ? size : 0;
  if (copy.size != 0) memcpy(copy.data, data, size);
  return copy;
}
static inline skerry_bytes skerry_text(const char* text) { return skerry_copy(text, (uint32_t)strlen(text)); }

/* Success, and the error numbers of the functions below. */
enum {
  SKERRY_OK = 1,
  SKERRY_DENIED = -1,
  SKERRY_FAILED = -2,
  SKERRY_UNREACHABLE = -3,
  SKERRY_BAD_POINTER = -4,
  SKERRY_TOO_LARGE = -5,
  SKERRY_TIMEOUT = -6,
  SKERRY_BAD_REQUEST = -7,
  SKERRY_MISSING = -8
};
enum { SKERRY_TRACE, SKERRY_DEBUG, SKERRY_INFO, SKERRY_WARN, SKERRY_ERROR };

/* A plugin imports only functions that it calls, and can be loaded only with the grants for its imports. */

/* Needs no grant. Levels are those above. */
SKERRY_IMPORT(log) void skerry_log(int32_t level, const char* text, uint32_t size);
/* Needs "config" in the manifest. Writes as much of the value as fits, and returns its length. */
SKERRY_IMPORT(config_get)
int32_t skerry_config_get(const char* key, uint32_t key_size, char* out, uint32_t capacity);
/* Need capabilities.allowKeyValue. */
SKERRY_IMPORT(kv_get) int32_t skerry_kv_get(const char* key, uint32_t key_size, char* out, uint32_t capacity);
SKERRY_IMPORT(kv_set)
int32_t skerry_kv_set(const char* key, uint32_t key_size, const char* value, uint32_t size);
SKERRY_IMPORT(kv_delete) int32_t skerry_kv_delete(const char* key, uint32_t key_size);
/* Need capabilities.allowNetwork and allowedHosts. Return an error number, or the length of the response. The
 * host keeps the response until the next request or the end of the call. */
SKERRY_IMPORT(http_request) int32_t skerry_http_request(const char* request_json, uint32_t size);
SKERRY_IMPORT(http_response) int32_t skerry_http_response(char* out, uint32_t capacity);
SKERRY_IMPORT(net_dial2) int32_t skerry_net_dial(const char* host, uint32_t size, int32_t port);
/* Needs capabilities.allowFileSystem and allowedPaths. */
SKERRY_IMPORT(fs_check2) int32_t skerry_fs_check(const char* path, uint32_t size);

/* ---- the ABI ---- */

static inline uint64_t skerry_pack(skerry_bytes bytes) {
  return (uint64_t)(uintptr_t)bytes.data << 32 | bytes.size;
}

#define SKERRY_META(name, version)                                                                           \
  SKERRY_EXPORT(meta) uint64_t skerry_export_meta(void) {                                                    \
    return skerry_pack(skerry_text("{\"name\":\"" name "\",\"version\":\"" version "\"}"));                  \
  }

#ifndef SKERRY_PLUGIN_IMPLEMENTATION_ELSEWHERE
SKERRY_EXPORT(allocate) void* skerry_export_allocate(uint32_t size) { return malloc(size != 0 ? size : 1); }
SKERRY_EXPORT(deallocate) void skerry_export_deallocate(void* data, uint32_t size) {
  (void)size;
  free(data);
}
SKERRY_EXPORT(execute) uint64_t skerry_export_execute(char* data, uint32_t size) {
  skerry_bytes input;
  input.data = data;
  input.size = size;
  return skerry_pack(skerry_execute(input));
}
#endif

#ifdef __cplusplus
} /* extern "C" */

#include <string>
#include <string_view>

/* SKERRY_PLUGIN("hello", "1.0.0", [](std::string_view input) { return std::string(input); }) */
#define SKERRY_PLUGIN(name, version, ...)                                                                    \
  extern "C" {                                                                                               \
  SKERRY_META(name, version)                                                                                 \
  skerry_bytes skerry_execute(skerry_bytes input) {                                                          \
    const std::string answer = (__VA_ARGS__)(std::string_view(input.data, input.size));                      \
    return skerry_copy(answer.data(), static_cast<uint32_t>(answer.size()));                                 \
  }                                                                                                          \
  }

namespace skerry {
inline void log(int32_t level, std::string_view text) {
  skerry_log(level, text.data(), static_cast<uint32_t>(text.size()));
}
} // namespace skerry
#endif

#endif
