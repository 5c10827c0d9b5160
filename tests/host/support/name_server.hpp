// A name server on the loopback address whose answers the test makes, and the parts of such answers.
#pragma once

#include "tests/host/support/local_server.hpp"

#include <arpa/inet.h>

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::host::test::dns {

enum Type : uint16_t { a = 1, cname = 5, aaaa = 28 };
enum Code : uint16_t { no_error = 0, server_failure = 2, no_such_name = 3, refused = 5 };
inline constexpr uint16_t truncated = 0x0200;

inline std::string number(uint16_t value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
}

/// A question as the server received it.
struct Question {
  std::string id;   ///< two bytes
  std::string text; ///< name, type and class as in the message
  std::string name; ///< "service.test"
  uint16_t type = 0;
  bool by_tcp = false;
  int count = 0; ///< 1 for the first question about this name and type, over all connections
};

/// The name as labels: "\7service\4test\0".
inline std::string labels(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    const auto label = name.substr(0, name.find('.'));
    text.append(1, static_cast<char>(label.size())).append(label);
    name.remove_prefix(std::min(label.size() + 1, name.size()));
  }
  return text + '\0';
}

/// A record of `owner`, which is labels or the pointer to the question's name.
inline std::string record(uint16_t type, const std::string& data, const std::string& owner = "\xc0\x0c") {
  return owner + number(type) + number(1) + number(0) + number(60) +
         number(static_cast<uint16_t>(data.size())) + data;
}

/// An address record of the name that was asked for.
inline std::string address(const char* text) {
  const bool v6 = std::string_view(text).find(':') != std::string_view::npos;
  char bytes[16];
  if (inet_pton(v6 ? AF_INET6 : AF_INET, text, bytes) != 1) std::abort();
  return record(v6 ? aaaa : a, std::string(bytes, v6 ? 16 : 4));
}

/// A whole answer. `flags` are a Code and `truncated`.
inline std::string answer(const Question& to, const std::vector<std::string>& records, uint16_t flags = 0) {
  std::string message = to.id + number(static_cast<uint16_t>(0x8180 | flags)) + number(1) +
                        number(static_cast<uint16_t>(records.size())) + number(0) + number(0) + to.text;
  for (const std::string& one : records) message += one;
  return message;
}

/// Answers a question for IPv4 addresses with `records`, and other questions with no records.
inline std::string ipv4_answer(const Question& to, const std::vector<std::string>& records) {
  return answer(to, to.type == a ? records : std::vector<std::string>{});
}

/// Answers each question on UDP and TCP with the messages that `answers` returns. No message: stays silent.
class NameServer {
public:
  using Answers = std::function<std::vector<std::string>(const Question&)>;
  explicit NameServer(Answers answers) : answers_(std::move(answers)), tcp_(bound_socket(port_)) {
    udp_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    where.sin_port = htons(port_);
    if (bind(udp_, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0 || listen(tcp_, 16) != 0 ||
        pipe(stop_) != 0)
      std::abort();
    thread_ = std::thread([this] { serve(); });
  }
  ~NameServer() {
    (void)!write(stop_[1], "x", 1);
    thread_.join();
    for (const int fd : {udp_, tcp_, stop_[0], stop_[1]}) close(fd);
  }
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  /// The server in the list of host/net/resolver.hpp.
  std::string text() const { return "127.0.0.1:" + std::to_string(port_); }
  /// How many questions came, over all names and types.
  int questions() const {
    const std::scoped_lock lock(mutex_);
    int sum = 0;
    for (const auto& [key, count] : counts_) sum += count;
    return sum;
  }

private:
  void serve() {
    while (true) {
      pollfd fds[3] = {{udp_, POLLIN, 0}, {tcp_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
      if (poll(fds, 3, -1) < 0 || fds[2].revents != 0) return;
      if (fds[0].revents != 0) answer_datagram();
      if (fds[1].revents != 0) answer_connection();
    }
  }
  void answer_datagram() {
    char buffer[4096];
    sockaddr_in from{};
    socklen_t size = sizeof from;
    auto* generic = reinterpret_cast<sockaddr*>(&from);
    const ssize_t length = recvfrom(udp_, buffer, sizeof buffer, 0, generic, &size);
    if (length < 0) return;
    for (const std::string& one : answers_to({buffer, static_cast<size_t>(length)}, false))
      (void)!sendto(udp_, one.data(), one.size(), 0, generic, size);
  }
  /// Answers the questions of one connection until the client closes it.
  void answer_connection() {
    const int connection = accept(tcp_, nullptr, nullptr);
    std::string received;
    char buffer[4096];
    while (true) {
      pollfd fds[2] = {{connection, POLLIN, 0}, {stop_[0], POLLIN, 0}};
      if (poll(fds, 2, -1) < 0 || fds[1].revents != 0) break;
      const ssize_t length = read(connection, buffer, sizeof buffer);
      if (length <= 0) break;
      received.append(buffer, static_cast<size_t>(length));
      while (received.size() > 2 && received.size() >= 2 + length_of(received)) {
        for (const std::string& one : answers_to(received.substr(2, length_of(received)), true)) {
          const std::string framed = number(static_cast<uint16_t>(one.size())) + one;
          (void)!send(connection, framed.data(), framed.size(), MSG_NOSIGNAL);
        }
        received.erase(0, 2 + length_of(received));
      }
    }
    close(connection);
  }
  static size_t length_of(const std::string& framed) {
    return static_cast<size_t>(static_cast<unsigned char>(framed[0])) << 8 |
           static_cast<unsigned char>(framed[1]);
  }
  std::vector<std::string> answers_to(const std::string& message, bool by_tcp) {
    Question question;
    question.id = message.substr(0, 2);
    question.by_tcp = by_tcp;
    size_t at = 12;
    while (at < message.size() && message[at] != '\0') {
      const auto length = static_cast<size_t>(static_cast<unsigned char>(message[at]));
      if (!question.name.empty()) question.name += '.';
      question.name += message.substr(at + 1, length);
      at += length + 1;
    }
    if (at + 5 > message.size()) return {};
    question.type = static_cast<uint16_t>(static_cast<unsigned char>(message[at + 2]));
    question.text = message.substr(12, at + 5 - 12);
    {
      const std::scoped_lock lock(mutex_);
      question.count = ++counts_[{question.name, question.type}];
    }
    return answers_(question);
  }

  const Answers answers_;
  uint16_t port_ = 0;
  const int tcp_;
  int udp_ = -1;
  int stop_[2] = {-1, -1};
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, uint16_t>, int> counts_;
  std::thread thread_;
};

/// A name server that is never silent and has one answer for every name: these records for IPv4.
inline NameServer::Answers always(std::vector<std::string> records) {
  return [records = std::move(records)](const Question& to) {
    return std::vector<std::string>{ipv4_answer(to, records)};
  };
}

/// A name server that receives questions and never answers.
inline std::vector<std::string> silence(const Question&) { return {}; }

} // namespace skerry::host::test::dns
