// FileModel: an in-memory model of one directory with a quota, as a program must see it: names, contents,
// positions, descriptors and errors.
#pragma once

#include "wasi/types.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::fuzz {

struct Node {
  enum class Kind : uint8_t { file, directory, link } kind = Kind::file;
  std::string data;                                     // contents of a file, or target of a link
  std::map<std::string, std::shared_ptr<Node>> entries; // of a directory
  uint32_t links = 0;                                   // number of names
};
using NodePtr = std::shared_ptr<Node>;

/// An errno, and a number: a descriptor, bytes moved, a position.
struct ModelResult {
  wasi::Errno error = wasi::Errno::success;
  uint64_t value = 0;
};

class FileModel {
public:
  static constexpr uint32_t root_fd = 3;

  FileModel(uint64_t bytes, uint64_t names, uint32_t descriptors);

  struct Open {
    bool follow, read, write, creates, exclusive, truncates, wants_directory, append;
  };
  ModelResult open(uint32_t fd, std::string_view path, const Open& how);
  wasi::Errno close(uint32_t fd);
  wasi::Errno renumber(uint32_t from, uint32_t to);
  /// Reads at most `length` bytes into `into`.
  ModelResult read(uint32_t fd, uint32_t length, std::string& into, std::optional<uint64_t> offset);
  ModelResult write(uint32_t fd, std::string_view bytes, std::optional<uint64_t> offset);
  /// `whence`: 0 start, 1 current, 2 end.
  ModelResult seek(uint32_t fd, int64_t offset, uint32_t whence);
  wasi::Errno set_size(uint32_t fd, uint64_t size);
  wasi::Errno allocate(uint32_t fd, uint64_t offset, uint64_t length);
  wasi::Errno make_directory(uint32_t fd, std::string_view path);
  wasi::Errno remove_directory(uint32_t fd, std::string_view path);
  wasi::Errno unlink(uint32_t fd, std::string_view path);
  wasi::Errno rename(uint32_t fd, std::string_view from, uint32_t to_fd, std::string_view to);
  wasi::Errno link(uint32_t fd, std::string_view from, bool follow, uint32_t to_fd, std::string_view to);
  wasi::Errno symlink(std::string_view target, uint32_t fd, std::string_view path);
  wasi::Errno read_link(uint32_t fd, std::string_view path, std::string& into) const;
  /// The node, if it exists.
  wasi::Errno find(uint32_t fd, std::string_view path, bool follow, NodePtr& node) const;
  /// The node of an open descriptor, or null.
  NodePtr node(uint32_t fd) const;

  uint64_t bytes_used() const;
  uint64_t names_used() const;

private:
  struct Descriptor {
    NodePtr node;
    uint64_t position = 0;
    bool read = false, write = false, append = false;
  };
  struct Place {
    NodePtr directory;
    std::string name; // "." for the directory itself
    bool wants_directory = false;
    NodePtr found() const;
  };

  const Descriptor* get(uint32_t fd) const;
  wasi::Errno directory(uint32_t fd, NodePtr& into) const;
  wasi::Errno place(uint32_t fd, std::string_view path, bool follow, Place& into) const;
  wasi::Errno parent_and_name(uint32_t fd, std::string_view path, bool follow_slash, Place& into) const;
  wasi::Errno check_new(const Place& at) const;
  bool has_room_for_name(std::string_view target = {}) const;
  uint64_t largest(uint64_t size) const;
  wasi::Errno resize(Node& file, uint64_t size);
  wasi::Errno writable_file(uint32_t fd, Descriptor*& into);
  void drop_name(const Place& at);

  NodePtr root_ = std::make_shared<Node>();
  std::vector<std::optional<Descriptor>> descriptors_;
  uint64_t byte_limit_, name_limit_;
  uint32_t descriptor_limit_;
};

} // namespace skerry::fuzz
