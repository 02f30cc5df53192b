#include "adapters/recording/sealed_file.hpp"

#include "adapters/recording/cipher.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <system_error>
#include <unistd.h>

namespace velox::recording {

namespace {

constexpr std::string_view magic = "VELOXREC";
constexpr uint32_t version = 1;

// Where the fields of the head are.
constexpr size_t version_at = 8;
constexpr size_t chunk_size_at = 12;
constexpr size_t id_at = 16;
constexpr size_t key_id_at = 32;
constexpr size_t wrapped_at = key_id_at + key_id_size;
constexpr size_t head_size = wrapped_at + nonce_size + key_size + tag_size;

using head = std::array<uint8_t, head_size>;

constexpr size_t mark_size = 4;
constexpr uint32_t last_mark = 0x80000000;
constexpr uint64_t chunk_cost = mark_size + tag_size;

constexpr uint32_t least_chunk = 16;
constexpr uint32_t largest_chunk = 1 << 20;

void put_number(uint64_t x, std::span<uint8_t> out) {
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<uint8_t>(x >> (8 * i));
}

uint32_t get_u32(std::span<const uint8_t> x) {
  return static_cast<uint32_t>(x[0]) | static_cast<uint32_t>(x[1]) << 8
         | static_cast<uint32_t>(x[2]) << 16
         | static_cast<uint32_t>(x[3]) << 24;
}

nonce nonce_of(uint64_t number) {
  nonce result{};
  put_number(number, std::span{result}.first(8));
  return result;
}

/// What is authenticated with chunk `number`.
std::array<uint8_t, 28>
bound_to(const file_id& id, uint64_t number, uint32_t mark) {
  std::array<uint8_t, 28> result;
  std::copy(id.begin(), id.end(), result.begin());
  put_number(number, std::span{result}.subspan(16, 8));
  put_number(mark, std::span{result}.subspan(24, 4));
  return result;
}

[[noreturn]] void fail_on(const std::string& name, const char* what) {
  auto why = std::generic_category().message(errno);
  throw recording_error{name + " cannot be " + what + ": " + why
                        + "; check the free space and the permissions of the "
                          "recordings' directory"};
}

} // namespace

// -- writing
// ----------------------------------------------------------------------

sealed_writer::sealed_writer(const std::filesystem::path& path,
                             const file_id& id, const key_port& keys)
  : name_(path.string()), id_(id), key_(random_key()) {
  head x{};
  std::copy(magic.begin(), magic.end(), x.begin());
  std::span all{x};
  put_number(version, all.subspan(version_at, 4));
  put_number(chunk_size, all.subspan(chunk_size_at, 4));
  std::copy(id.begin(), id.end(), x.begin() + id_at);
  // The key's id is no part of what it is bound to: it is known afterwards, and
  // another one does not open the key.
  auto wrapped = keys.wrap(key_, all.first(key_id_at));
  if (wrapped.key_id.size() != key_id_size)
    throw recording_error{name_ + ": the key's id must have "
                          + std::to_string(key_id_size) + " characters"};
  key_id_ = wrapped.key_id;
  std::copy(key_id_.begin(), key_id_.end(), x.begin() + key_id_at);
  std::copy(wrapped.sealed.begin(), wrapped.sealed.end(),
            x.begin() + wrapped_at);
  chunk_.reserve(chunk_size);
  sealed_.reserve(chunk_size + chunk_cost);
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file_ < 0)
    fail_on(name_, "created");
  put(x);
}

sealed_writer::~sealed_writer() {
  if (file_ >= 0)
    ::close(file_);
}

void sealed_writer::put(std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    auto count = ::write(file_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      fail_on(name_, "written");
    bytes = bytes.subspan(static_cast<size_t>(count));
    size_ += static_cast<uint64_t>(count);
  }
}

void sealed_writer::put_chunk(bool last) {
  auto mark = static_cast<uint32_t>(chunk_.size()) | (last ? last_mark : 0);
  sealed_.resize(chunk_.size() + chunk_cost);
  std::span all{sealed_};
  put_number(mark, all.first(mark_size));
  seal(key_, nonce_of(number_), bound_to(id_, number_, mark), chunk_,
       all.subspan(mark_size));
  // Counted first: a nonce is used once, even if the disk then fails.
  ++number_;
  chunk_.clear();
  put(sealed_);
}

void sealed_writer::write(std::span<const uint8_t> plain) {
  while (!plain.empty()) {
    // A full chunk waits for more: it may be the last.
    if (chunk_.size() == chunk_size)
      put_chunk(false);
    auto count = std::min<size_t>(plain.size(), chunk_size - chunk_.size());
    chunk_.insert(chunk_.end(), plain.begin(),
                  plain.begin() + static_cast<ptrdiff_t>(count));
    plain = plain.subspan(count);
  }
}

uint64_t sealed_writer::finish() {
  put_chunk(true);
  if (::fsync(file_) != 0)
    fail_on(name_, "made durable");
  return size_;
}

// -- reading
// ----------------------------------------------------------------------

sealed_reader::sealed_reader(std::unique_ptr<std::istream> file,
                             std::string name, const key_port& keys, ending end)
  : file_(std::move(file)), name_(std::move(name)) {
  file_->seekg(0, std::ios::end);
  auto size = file_->tellg();
  if (!*file_ || size < 0)
    fail("it cannot be read; check that it is there, and its permissions");
  file_size_ = static_cast<uint64_t>(size);
  read_head(keys);
  find_end(end);
}

void sealed_reader::fail(const std::string& what) const {
  throw recording_error{"recording " + name_ + ": " + what};
}

void sealed_reader::get(uint64_t at, std::span<uint8_t> out) {
  file_->clear();
  file_->seekg(static_cast<std::streamoff>(at));
  file_->read(reinterpret_cast<char*>(out.data()),
              static_cast<std::streamsize>(out.size()));
  if (!*file_)
    fail("it cannot be read; restore it from a backup");
}

void sealed_reader::read_head(const key_port& keys) {
  head x{};
  if (file_size_ < x.size())
    fail("it is too short to be a recording; restore it from a backup");
  get(0, x);
  std::span all{x};
  if (!std::equal(magic.begin(), magic.end(), x.begin()))
    fail("it is no recording of this engine");
  if (get_u32(all.subspan(version_at, 4)) != version)
    fail("its version is not known to this binary; use a newer one");
  chunk_size_ = get_u32(all.subspan(chunk_size_at, 4));
  if (chunk_size_ < least_chunk || chunk_size_ > largest_chunk)
    fail("its head was changed; restore it from a backup");
  std::copy_n(x.begin() + id_at, id_.size(), id_.begin());
  wrapped_.key_id.assign(x.begin() + key_id_at, x.begin() + wrapped_at);
  std::copy_n(x.begin() + wrapped_at, wrapped_.sealed.size(),
              wrapped_.sealed.begin());
  try {
    key_ = keys.unwrap(wrapped_, all.first(key_id_at));
  } catch (const recording_error& e) {
    fail(e.what());
  }
}

void sealed_reader::find_end(ending end) {
  auto body = file_size_ - head_size;
  auto stride = chunk_size_ + chunk_cost;
  auto whole = body / stride;
  auto rest = body % stride;
  size_ = whole * chunk_size_;
  if (rest >= chunk_cost && load(whole, rest) && loaded_is_last_) {
    size_ += rest - chunk_cost;
    complete_ = true;
  } else if (rest == 0 && whole > 0) {
    complete_ = load(whole - 1, stride) && loaded_is_last_;
  }
  if (!complete_ && end == ending::required)
    fail("its end is missing or was changed; restore it from a backup");
}

/// Opens chunk `number`, which has `bytes` in the file. False when it was
/// changed, or is another one.
bool sealed_reader::load(uint64_t number, uint64_t bytes) {
  if (number == loaded_)
    return true;
  loaded_ = UINT64_MAX;
  sealed_.resize(bytes);
  get(head_size + number * (chunk_size_ + chunk_cost), sealed_);
  std::span all{sealed_};
  auto mark = get_u32(all.first(mark_size));
  if ((mark & ~last_mark) != bytes - chunk_cost)
    return false;
  plain_.resize(bytes - chunk_cost);
  if (!open(key_, nonce_of(number), bound_to(id_, number, mark),
            all.subspan(mark_size), plain_))
    return false;
  loaded_ = number;
  loaded_is_last_ = (mark & last_mark) != 0;
  return true;
}

void sealed_reader::read(uint64_t offset, std::span<uint8_t> out) {
  if (offset > size_ || out.size() > size_ - offset)
    fail("it has no such part");
  auto whole_file = out;
  while (!out.empty()) {
    auto number = offset / chunk_size_;
    auto bytes = std::min<uint64_t>(chunk_size_, size_ - number * chunk_size_);
    auto last = (number + 1) * chunk_size_ >= size_;
    // An end in the middle is a file put together from others.
    if (!load(number, bytes + chunk_cost)
        || (loaded_is_last_ && !(last && complete_))) {
      std::fill(whole_file.begin(), whole_file.end(), uint8_t{0});
      fail("a part of it was changed; restore it from a backup");
    }
    auto first = static_cast<size_t>(offset % chunk_size_);
    auto count = std::min(out.size(), plain_.size() - first);
    std::copy_n(plain_.begin() + static_cast<ptrdiff_t>(first), count,
                out.begin());
    out = out.subspan(count);
    offset += count;
  }
}

sealed_reader open_sealed(const std::filesystem::path& path,
                          const key_port& keys, ending end) {
  return {std::make_unique<std::ifstream>(path, std::ios::binary),
          path.filename().string(), keys, end};
}

} // namespace velox::recording
