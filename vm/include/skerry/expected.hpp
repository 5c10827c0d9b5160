// Expected<T, E>: a value, or the error that says why there is no value. It has the members of C++23's
// std::expected, so that programs in C++20 can use the API. It converts to and from std::expected if the
// standard library has std::expected.
#pragma once

#include "skerry/cxx20.hpp"

#include <concepts>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <version>
#if defined(__cpp_lib_expected)
#include <expected>
#endif

namespace skerry {

/// Selects the constructor that makes an error from the arguments that follow: Expected<int,
/// std::string>(unexpect, "text"). Named as in the standard library.
struct unexpect_t { // NOLINT(readability-identifier-naming)
  explicit unexpect_t() = default;
};
inline constexpr unexpect_t unexpect{};

template <class E> class Unexpected;
template <class T, class E> class Expected;

namespace detail {

template <class T> inline constexpr bool is_expected = false;
template <class T, class E> inline constexpr bool is_expected<Expected<T, E>> = true;
template <class T> inline constexpr bool is_unexpected = false;
template <class E> inline constexpr bool is_unexpected<Unexpected<E>> = true;
#if defined(__cpp_lib_expected)
template <class T, class E> inline constexpr bool is_expected<std::expected<T, E>> = true;
template <class E> inline constexpr bool is_unexpected<std::unexpected<E>> = true;
#endif

} // namespace detail

/// Wraps an error. The wrapper converts to an Expected that holds the error: `return Unexpected(error);`.
template <class E> class Unexpected {
public:
  template <class G = E>
    requires(!detail::is_unexpected<std::remove_cvref_t<G>> &&
             !std::same_as<std::remove_cvref_t<G>, std::in_place_t> && std::constructible_from<E, G>)
  constexpr explicit Unexpected(G&& error) : error_(std::forward<G>(error)) {}
  /// Makes the error in place.
  template <class... Args>
    requires std::constructible_from<E, Args...>
  constexpr explicit Unexpected(std::in_place_t, Args&&... args) : error_(std::forward<Args>(args)...) {}

  /// The error.
  constexpr E& error() & noexcept { return error_; }
  constexpr const E& error() const& noexcept { return error_; }
  constexpr E&& error() && noexcept { return std::move(error_); }

  template <class G> friend constexpr bool operator==(const Unexpected& a, const Unexpected<G>& b) {
    return a.error() == b.error();
  }
#if defined(__cpp_lib_expected)
  constexpr Unexpected(std::unexpected<E> error) : error_(std::move(error).error()) {}
  constexpr operator std::unexpected<E>() const& { return std::unexpected<E>(error_); }
  constexpr operator std::unexpected<E>() && { return std::unexpected<E>(std::move(error_)); }
#endif

private:
  E error_;
};
template <class E> Unexpected(E) -> Unexpected<E>;

/// The exception that value() throws if there is no value. Programs built without exceptions abort instead.
template <class E> class BadExpectedAccess : public std::exception {
public:
  explicit BadExpectedAccess(E error) : error_(std::move(error)) {}
  const char* what() const noexcept override { return "an Expected holds an error instead of a value"; }
  E& error() & noexcept { return error_; }
  const E& error() const& noexcept { return error_; }

private:
  E error_;
};

namespace detail {

/// The type of the value in an Expected<void, E>.
struct Nothing {};

template <class E> [[noreturn]] void bad_expected_access([[maybe_unused]] const E& error) {
#if defined(__cpp_exceptions)
  throw BadExpectedAccess<E>(error);
#else
  std::abort();
#endif
}

template <class T>
concept TriviallyCopied = std::is_trivially_copy_constructible_v<T> &&
                          std::is_trivially_copy_assignable_v<T> && std::is_trivially_destructible_v<T>;
template <class T>
concept TriviallyMoved = std::is_trivially_move_constructible_v<T> &&
                         std::is_trivially_move_assignable_v<T> && std::is_trivially_destructible_v<T>;

template <class Storage> constexpr void destroy_content(Storage& storage) noexcept {
  if (storage.has_value_)
    std::destroy_at(&storage.value_);
  else
    std::destroy_at(&storage.error_);
}

/// The members of an Expected and its destructor, which is trivial if those of T and E are. There are two
/// classes, because clang 14 and 15 cannot choose a destructor by its constraints.
template <class T, class E, bool = std::is_trivially_destructible_v<T> && std::is_trivially_destructible_v<E>>
struct ExpectedStorage {
  template <class... Args>
  constexpr explicit ExpectedStorage(std::in_place_t, Args&&... args)
      : value_(std::forward<Args>(args)...), has_value_(true) {}
  template <class... Args>
  constexpr explicit ExpectedStorage(unexpect_t, Args&&... args)
      : error_(std::forward<Args>(args)...), has_value_(false) {}
  /// The derived class must construct what `has_value` says.
  constexpr explicit ExpectedStorage(bool has_value) : has_value_(has_value) {}

  union {
    T value_;
    E error_;
  };
  bool has_value_;
};
template <class T, class E> struct ExpectedStorage<T, E, false> {
  template <class... Args>
  constexpr explicit ExpectedStorage(std::in_place_t, Args&&... args)
      : value_(std::forward<Args>(args)...), has_value_(true) {}
  template <class... Args>
  constexpr explicit ExpectedStorage(unexpect_t, Args&&... args)
      : error_(std::forward<Args>(args)...), has_value_(false) {}
  constexpr explicit ExpectedStorage(bool has_value) : has_value_(has_value) {}
  constexpr ~ExpectedStorage() { destroy_content(*this); }

  union {
    T value_;
    E error_;
  };
  bool has_value_;
};

/// The storage of an Expected. It copies and moves the value or the error. Each of these operations is
/// trivial if it is trivial for both T and E.
template <class T, class E> class ExpectedData : protected ExpectedStorage<T, E> {
  static_assert(std::is_nothrow_move_constructible_v<E>, "an error must be movable without an exception");
  using Storage = ExpectedStorage<T, E>;

protected:
  using Storage::error_;
  using Storage::has_value_;
  using Storage::Storage;
  using Storage::value_;

  /// Takes the value or the error of an Expected with other types.
  template <class Other>
  constexpr ExpectedData(std::in_place_type_t<Nothing>, Other&& other) : Storage(other.has_value()) {
    if constexpr (std::is_void_v<typename std::remove_cvref_t<Other>::value_type>) {
      if (has_value_) std::construct_at(&value_);
    } else {
      if (has_value_) std::construct_at(&value_, *std::forward<Other>(other));
    }
    // Only one of value and error is taken, so nothing is used after it was moved from.
    if (!has_value_)
      std::construct_at(&error_, std::forward<Other>(other).error()); // NOLINT(bugprone-use-after-move)
  }

public:
  constexpr ExpectedData(const ExpectedData&)
    requires(TriviallyCopied<T> && TriviallyCopied<E>)
  = default;
  constexpr ExpectedData(const ExpectedData& other)
    requires(std::copy_constructible<T> && std::copy_constructible<E> &&
             !(TriviallyCopied<T> && TriviallyCopied<E>))
      : Storage(other.has_value_) {
    if (has_value_)
      std::construct_at(&value_, other.value_);
    else
      std::construct_at(&error_, other.error_);
  }
  constexpr ExpectedData(ExpectedData&&)
    requires(TriviallyMoved<T> && TriviallyMoved<E>)
  = default;
  constexpr ExpectedData(ExpectedData&& other) noexcept(std::is_nothrow_move_constructible_v<T>)
    requires(std::move_constructible<T> && !(TriviallyMoved<T> && TriviallyMoved<E>))
      : Storage(other.has_value_) {
    if (has_value_)
      std::construct_at(&value_, std::move(other.value_));
    else
      std::construct_at(&error_, std::move(other.error_));
  }

  constexpr ExpectedData& operator=(const ExpectedData&)
    requires(TriviallyCopied<T> && TriviallyCopied<E>)
  = default;
  constexpr ExpectedData& operator=(const ExpectedData& other)
    requires(std::copyable<T> && std::copyable<E> && !(TriviallyCopied<T> && TriviallyCopied<E>))
  {
    other.has_value_ ? set_value(other.value_) : set_error(other.error_);
    return *this;
  }
  constexpr ExpectedData& operator=(ExpectedData&&)
    requires(TriviallyMoved<T> && TriviallyMoved<E>)
  = default;
  constexpr ExpectedData& operator=(ExpectedData&& other) noexcept(std::is_nothrow_move_constructible_v<T> &&
                                                                   std::is_nothrow_move_assignable_v<T>)
    requires(std::movable<T> && std::movable<E> && !(TriviallyMoved<T> && TriviallyMoved<E>))
  {
    other.has_value_ ? set_value(std::move(other.value_)) : set_error(std::move(other.error_));
    return *this;
  }

  /// Returns whether this holds a value. Otherwise it holds an error.
  constexpr bool has_value() const noexcept { return has_value_; }
  constexpr explicit operator bool() const noexcept { return has_value_; }

protected:
  template <class U> constexpr void set_value(U&& value) {
    if (has_value_)
      value_ = std::forward<U>(value);
    else
      become_value(std::forward<U>(value));
  }
  template <class G> constexpr void set_error(G&& error) {
    if (!has_value_) {
      error_ = std::forward<G>(error);
      return;
    }
    E made(std::forward<G>(error)); // may throw: the value is still intact then
    std::destroy_at(&value_);
    std::construct_at(&error_, std::move(made));
    has_value_ = false;
  }
  /// Replaces the error by a value. If making the value throws, the error is put back.
  template <class... Args> constexpr void become_value(Args&&... args) {
    struct Saved {
      ExpectedData* data;
      E error;
      constexpr ~Saved() {
        if (data != nullptr) std::construct_at(&data->error_, std::move(error));
      }
    };
    Saved saved{this, std::move(error_)};
    std::destroy_at(&error_);
    std::construct_at(&value_, std::forward<Args>(args)...);
    saved.data = nullptr;
    has_value_ = true;
  }
  constexpr void destroy() noexcept { destroy_content(static_cast<Storage&>(*this)); }
};

/// Calls f(value), or f() for Expected<void, E>.
template <class F, class Self> constexpr decltype(auto) call_with_value(F&& f, Self&& self) {
  if constexpr (std::is_void_v<typename std::remove_cvref_t<Self>::value_type>)
    return std::invoke(std::forward<F>(f));
  else
    return std::invoke(std::forward<F>(f), *std::forward<Self>(self));
}

/// Returns the value in an Expected of type To, whose error type may be different.
template <class To, class Self> constexpr To with_value_of(Self&& self) {
  if constexpr (std::is_void_v<typename std::remove_cvref_t<Self>::value_type>)
    return To();
  else
    return To(std::in_place, *std::forward<Self>(self));
}

template <class Self, class F> constexpr auto and_then(Self&& self, F&& f) {
  using Next = std::remove_cvref_t<decltype(call_with_value(std::forward<F>(f), std::forward<Self>(self)))>;
  static_assert(is_expected<Next>, "and_then needs a function that returns an Expected");
  if (self.has_value()) return Next(call_with_value(std::forward<F>(f), std::forward<Self>(self)));
  return Next(unexpect, std::forward<Self>(self).error());
}

template <class Self, class F> constexpr auto or_else(Self&& self, F&& f) {
  using Next = std::remove_cvref_t<std::invoke_result_t<F, decltype(std::forward<Self>(self).error())>>;
  static_assert(is_expected<Next>, "or_else needs a function that returns an Expected");
  if (self.has_value()) return with_value_of<Next>(std::forward<Self>(self));
  return Next(std::invoke(std::forward<F>(f), std::forward<Self>(self).error()));
}

template <class Self, class F> constexpr auto transform(Self&& self, F&& f) {
  using U = std::remove_cvref_t<decltype(call_with_value(std::forward<F>(f), std::forward<Self>(self)))>;
  using Next = Expected<U, typename std::remove_cvref_t<Self>::error_type>;
  if (!self.has_value()) return Next(unexpect, std::forward<Self>(self).error());
  if constexpr (std::is_void_v<U>) {
    call_with_value(std::forward<F>(f), std::forward<Self>(self));
    return Next();
  } else {
    return Next(std::in_place, call_with_value(std::forward<F>(f), std::forward<Self>(self)));
  }
}

template <class Self, class F> constexpr auto transform_error(Self&& self, F&& f) {
  using G = std::remove_cvref_t<std::invoke_result_t<F, decltype(std::forward<Self>(self).error())>>;
  using Next = Expected<typename std::remove_cvref_t<Self>::value_type, G>;
  if (self.has_value()) return with_value_of<Next>(std::forward<Self>(self));
  return Next(unexpect, std::invoke(std::forward<F>(f), std::forward<Self>(self).error()));
}

/// The members that are the same for Expected<T, E> and Expected<void, E>.
template <class T, class E> class ExpectedBase : public ExpectedData<T, E> {
  using Data = ExpectedData<T, E>;
  // The public type that derives from this class.
  using Self = Expected<std::conditional_t<std::same_as<T, Nothing>, void, T>, E>;
  constexpr Self& self() noexcept { return static_cast<Self&>(*this); }
  constexpr const Self& self() const noexcept { return static_cast<const Self&>(*this); }

public:
  using Data::Data;

  /// The error. This must hold an error, which is not checked.
  constexpr E& error() & noexcept { return this->error_; }
  constexpr const E& error() const& noexcept { return this->error_; }
  constexpr E&& error() && noexcept { return std::move(this->error_); }
  constexpr const E&& error() const&& noexcept { return std::move(this->error_); }
  /// The error, or `otherwise` if this holds a value.
  template <class G = E> constexpr E error_or(G&& otherwise) const& {
    return this->has_value() ? static_cast<E>(std::forward<G>(otherwise)) : this->error_;
  }
  template <class G = E> constexpr E error_or(G&& otherwise) && {
    return this->has_value() ? static_cast<E>(std::forward<G>(otherwise)) : std::move(this->error_);
  }

  /// If this holds a value, returns f(value), which must be an Expected. Otherwise returns this error.
  template <class F> constexpr auto and_then(F&& f) & { return detail::and_then(self(), std::forward<F>(f)); }
  template <class F> constexpr auto and_then(F&& f) const& {
    return detail::and_then(self(), std::forward<F>(f));
  }
  template <class F> constexpr auto and_then(F&& f) && {
    return detail::and_then(std::move(self()), std::forward<F>(f));
  }
  /// If this holds an error, returns f(error), which must be an Expected. Otherwise returns this value.
  template <class F> constexpr auto or_else(F&& f) & { return detail::or_else(self(), std::forward<F>(f)); }
  template <class F> constexpr auto or_else(F&& f) const& {
    return detail::or_else(self(), std::forward<F>(f));
  }
  template <class F> constexpr auto or_else(F&& f) && {
    return detail::or_else(std::move(self()), std::forward<F>(f));
  }
  /// If this holds a value, returns an Expected with the result of f(value). Otherwise returns this error.
  template <class F> constexpr auto transform(F&& f) & {
    return detail::transform(self(), std::forward<F>(f));
  }
  template <class F> constexpr auto transform(F&& f) const& {
    return detail::transform(self(), std::forward<F>(f));
  }
  template <class F> constexpr auto transform(F&& f) && {
    return detail::transform(std::move(self()), std::forward<F>(f));
  }
  /// If this holds an error, returns an Expected with f(error) as the error. Otherwise returns this value.
  template <class F> constexpr auto transform_error(F&& f) & {
    return detail::transform_error(self(), std::forward<F>(f));
  }
  template <class F> constexpr auto transform_error(F&& f) const& {
    return detail::transform_error(self(), std::forward<F>(f));
  }
  template <class F> constexpr auto transform_error(F&& f) && {
    return detail::transform_error(std::move(self()), std::forward<F>(f));
  }

protected:
  void check() const& {
    if (!this->has_value()) [[unlikely]]
      bad_expected_access(this->error_);
  }
};

/// True if an Expected<T, E> can take over the value or the error of From, an Expected<U, G>. False if T can
/// be made from From itself, because the whole From then becomes the value. The second rule does not apply if
/// T is bool, because every Expected converts to bool.
template <class From, class T, class E>
concept ExpectedFrom = std::constructible_from<E, decltype(std::declval<From>().error())> &&
                       std::constructible_from<T, decltype(*std::declval<From>())> &&
                       (std::same_as<std::remove_cv_t<T>, bool> || !std::constructible_from<T, From>);

} // namespace detail

/// A value, or the error that says why there is no value. An Expected is as large as the larger of T and E,
/// plus a bool. It can be copied or moved if T and E can. It is as thread-safe as T and E.
template <class T, class E> class [[nodiscard]] Expected : public detail::ExpectedBase<T, E> {
  using Base = detail::ExpectedBase<T, E>;

public:
  using value_type = T;
  using error_type = E;
  using unexpected_type = Unexpected<E>;
  template <class U> using rebind = Expected<U, E>;

  /// Holds a value-initialized T.
  constexpr Expected()
    requires std::default_initializable<T>
      : Base(std::in_place) {}
  /// Holds a value made from `value`.
  template <class U = T>
    requires(!detail::is_expected<std::remove_cvref_t<U>> && !detail::is_unexpected<std::remove_cvref_t<U>> &&
             !std::same_as<std::remove_cvref_t<U>, std::in_place_t> &&
             !std::same_as<std::remove_cvref_t<U>, unexpect_t> && std::constructible_from<T, U>)
  constexpr explicit(!std::convertible_to<U, T>) Expected(U&& value)
      : Base(std::in_place, std::forward<U>(value)) {}
  /// Holds an error.
  template <class G>
    requires std::constructible_from<E, const G&>
  constexpr explicit(!std::convertible_to<const G&, E>) Expected(const Unexpected<G>& error)
      : Base(unexpect, error.error()) {}
  template <class G>
    requires std::constructible_from<E, G>
  constexpr explicit(!std::convertible_to<G, E>) Expected(Unexpected<G>&& error)
      : Base(unexpect, std::move(error).error()) {}
  /// Holds a value or an error that is made in place from `args`.
  template <class... Args>
    requires std::constructible_from<T, Args...>
  constexpr explicit Expected(std::in_place_t, Args&&... args)
      : Base(std::in_place, std::forward<Args>(args)...) {}
  template <class... Args>
    requires std::constructible_from<E, Args...>
  constexpr explicit Expected(unexpect_t, Args&&... args) : Base(unexpect, std::forward<Args>(args)...) {}
  /// Takes the value or the error of an Expected with other types.
  template <class U, class G>
    requires detail::ExpectedFrom<const Expected<U, G>&, T, E>
  constexpr explicit(!std::convertible_to<const U&, T> || !std::convertible_to<const G&, E>)
      Expected(const Expected<U, G>& other)
      : Base(std::in_place_type<detail::Nothing>, other) {}
  template <class U, class G>
    requires detail::ExpectedFrom<Expected<U, G>&&, T, E>
  constexpr explicit(!std::convertible_to<U, T> || !std::convertible_to<G, E>)
      Expected(Expected<U, G>&& other)
      : Base(std::in_place_type<detail::Nothing>, std::move(other)) {}

  /// Assigns a value or an error. If constructing the new value or error throws, this Expected stays
  /// unchanged.
  template <class U = T>
    requires(!detail::is_expected<std::remove_cvref_t<U>> && !detail::is_unexpected<std::remove_cvref_t<U>> &&
             std::constructible_from<T, U> && std::assignable_from<T&, U>)
  constexpr Expected& operator=(U&& value) {
    this->set_value(std::forward<U>(value));
    return *this;
  }
  template <class G>
    requires std::constructible_from<E, G>
  constexpr Expected& operator=(Unexpected<G> error) {
    this->set_error(std::move(error).error());
    return *this;
  }
  /// Replaces the value or the error by a value that is made in place.
  template <class... Args>
    requires std::is_nothrow_constructible_v<T, Args...>
  constexpr T& emplace(Args&&... args) noexcept {
    this->destroy();
    this->has_value_ = true;
    return *std::construct_at(&this->value_, std::forward<Args>(args)...);
  }

  /// The value. This must hold a value, which is not checked.
  constexpr T& operator*() & noexcept { return this->value_; }
  constexpr const T& operator*() const& noexcept { return this->value_; }
  constexpr T&& operator*() && noexcept { return std::move(this->value_); }
  constexpr const T&& operator*() const&& noexcept { return std::move(this->value_); }
  constexpr T* operator->() noexcept { return std::addressof(this->value_); }
  constexpr const T* operator->() const noexcept { return std::addressof(this->value_); }
  /// The value. Throws BadExpectedAccess<E> if this holds an error.
  constexpr T& value() & { return this->check(), this->value_; }
  constexpr const T& value() const& { return this->check(), this->value_; }
  constexpr T&& value() && { return this->check(), std::move(this->value_); }
  /// The value, or `otherwise` if this holds an error.
  template <class U = T> constexpr T value_or(U&& otherwise) const& {
    return this->has_value() ? this->value_ : static_cast<T>(std::forward<U>(otherwise));
  }
  template <class U = T> constexpr T value_or(U&& otherwise) && {
    return this->has_value() ? std::move(this->value_) : static_cast<T>(std::forward<U>(otherwise));
  }

  template <class U, class G>
    requires(!std::is_void_v<U>)
  friend constexpr bool operator==(const Expected& a, const Expected<U, G>& b) {
    if (a.has_value() != b.has_value()) return false;
    return a.has_value() ? *a == *b : a.error() == b.error();
  }
  template <class U>
    requires(!detail::is_expected<U> && !detail::is_unexpected<U>)
  friend constexpr bool operator==(const Expected& a, const U& b) {
    return a.has_value() && *a == b;
  }
  template <class G> friend constexpr bool operator==(const Expected& a, const Unexpected<G>& b) {
    return !a.has_value() && a.error() == b.error();
  }

#if defined(__cpp_lib_expected)
  template <class G>
    requires std::convertible_to<G, E>
  constexpr Expected(std::unexpected<G> error) : Base(unexpect, std::move(error).error()) {}
  template <class U, class G>
    requires(std::convertible_to<U, T> && std::convertible_to<G, E>)
  constexpr Expected(std::expected<U, G> other)
      : Base(std::in_place_type<detail::Nothing>, std::move(other)) {}
  constexpr operator std::expected<T, E>() const& {
    if (this->has_value()) return std::expected<T, E>(std::in_place, this->value_);
    return std::expected<T, E>(std::unexpect, this->error_);
  }
  constexpr operator std::expected<T, E>() && {
    if (this->has_value()) return std::expected<T, E>(std::in_place, std::move(this->value_));
    return std::expected<T, E>(std::unexpect, std::move(this->error_));
  }
#endif
};

/// Success, or the error that says why something failed.
template <class E> class [[nodiscard]] Expected<void, E> : public detail::ExpectedBase<detail::Nothing, E> {
  using Base = detail::ExpectedBase<detail::Nothing, E>;

public:
  using value_type = void;
  using error_type = E;
  using unexpected_type = Unexpected<E>;
  template <class U> using rebind = Expected<U, E>;

  /// Holds success.
  constexpr Expected() noexcept : Base(std::in_place) {}
  constexpr explicit Expected(std::in_place_t) noexcept : Base(std::in_place) {}
  /// Holds an error.
  template <class G>
    requires std::constructible_from<E, const G&>
  constexpr explicit(!std::convertible_to<const G&, E>) Expected(const Unexpected<G>& error)
      : Base(unexpect, error.error()) {}
  template <class G>
    requires std::constructible_from<E, G>
  constexpr explicit(!std::convertible_to<G, E>) Expected(Unexpected<G>&& error)
      : Base(unexpect, std::move(error).error()) {}
  template <class... Args>
    requires std::constructible_from<E, Args...>
  constexpr explicit Expected(unexpect_t, Args&&... args) : Base(unexpect, std::forward<Args>(args)...) {}
  /// Takes success or the error of an Expected<void, G> with another error type.
  template <class G>
    requires std::constructible_from<E, G>
  constexpr explicit(!std::convertible_to<G, E>) Expected(Expected<void, G> other)
      : Base(std::in_place_type<detail::Nothing>, std::move(other)) {}

  /// Assigns an error.
  template <class G>
    requires std::constructible_from<E, G>
  constexpr Expected& operator=(Unexpected<G> error) {
    this->set_error(std::move(error).error());
    return *this;
  }
  /// Replaces an error by success.
  constexpr void emplace() noexcept {
    if (!this->has_value()) this->become_value();
  }

  /// Does nothing: there is no value to read.
  constexpr void operator*() const noexcept {}
  /// Throws BadExpectedAccess<E> if this holds an error.
  constexpr void value() const { this->check(); }

  template <class G> friend constexpr bool operator==(const Expected& a, const Expected<void, G>& b) {
    return a.has_value() == b.has_value() && (a.has_value() || a.error() == b.error());
  }
  template <class G> friend constexpr bool operator==(const Expected& a, const Unexpected<G>& b) {
    return !a.has_value() && a.error() == b.error();
  }

#if defined(__cpp_lib_expected)
  template <class G>
    requires std::convertible_to<G, E>
  constexpr Expected(std::unexpected<G> error) : Base(unexpect, std::move(error).error()) {}
  template <class G>
    requires std::convertible_to<G, E>
  constexpr Expected(std::expected<void, G> other)
      : Base(std::in_place_type<detail::Nothing>, std::move(other)) {}
  constexpr operator std::expected<void, E>() const& {
    if (this->has_value()) return {};
    return std::expected<void, E>(std::unexpect, this->error_);
  }
  constexpr operator std::expected<void, E>() && {
    if (this->has_value()) return {};
    return std::expected<void, E>(std::unexpect, std::move(this->error_));
  }
#endif
};

} // namespace skerry
