#include "stream.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

#ifndef _WIN32
#include <pthread.h>
#endif
#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "library.h"

namespace kyberline {

static_assert(std::atomic<int32_t>::is_always_lock_free && sizeof(std::atomic<int32_t>) == 4,
              "JavaScript reads these as an Int32Array");

constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto acquire = std::memory_order_acquire;
constexpr auto release = std::memory_order_release;

Ring::Ring(uint32_t ringFrames, uint32_t channelCount) : frames(ringFrames), channels(channelCount) {
  slots = static_cast<std::atomic<int32_t> *>(std::calloc(1, bytes()));
  if (slots) samples = reinterpret_cast<int16_t *>(slots + SLOTS);
}

Ring::~Ring() { std::free(static_cast<void *>(slots)); }

void Ring::copyIn(uint32_t at, const int16_t *from, uint32_t count) {
  const uint32_t start = at & (frames - 1);
  const uint32_t first = std::min(count, frames - start);
  std::memcpy(samples + size_t{start} * channels, from, size_t{first} * channels * 2);
  std::memcpy(samples, from + size_t{first} * channels, size_t{count - first} * channels * 2);
}

void Ring::copyOut(uint32_t at, int16_t *to, uint32_t count) const {
  const uint32_t start = at & (frames - 1);
  const uint32_t first = std::min(count, frames - start);
  std::memcpy(to, samples + size_t{start} * channels, size_t{first} * channels * 2);
  std::memcpy(to + size_t{first} * channels, samples, size_t{count - first} * channels * 2);
}

Stream::Stream(napi_env env, const StreamRequest &request)
    : ring(std::make_shared<Ring>(request.ringFrames, request.channels)), isInput(request.isInput), env_(env) {}

namespace {

std::atomic<int> streamsOpen{0};

/** A null sink of PulseAudio takes 2 s to wake, and PortAudio waits for one of them. */
constexpr auto STARTS_WITHIN = std::chrono::seconds(3);

/**
 * PortAudio ends a callback's thread by cancelling it, and writing to a pipe is where that happens:
 * it would leave the wake-up half sent, for which libuv then waits for ever.
 */
class Uncancelled {
 public:
#ifndef _WIN32
  Uncancelled() { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &was_); }
  ~Uncancelled() { pthread_setcancelstate(was_, nullptr); }

 private:
  int was_;
#endif
};

}  // namespace

int Stream::openStreams() { return streamsOpen.load(); }

bool Stream::prepare(napi_value onWake, uv_loop_t *loop) {
  if (!ring->slots) return false;
  async_ = new uv_async_t;
  async_->data = this;
  uv_async_init(loop, async_, onAsync);
  // Sound keeps no process alive, nor does a sound system that hangs.
  uv_unref(reinterpret_cast<uv_handle_t *>(async_));
  napi_value name;
  napi_value resource;
  napi_create_string_utf8(env_, "kyberline:portaudio", NAPI_AUTO_LENGTH, &name);
  napi_create_object(env_, &resource);
  napi_create_reference(env_, resource, 1, &resource_);
  napi_create_reference(env_, onWake, 1, &onWake_);
  napi_async_init(env_, resource, name, &context_);
  napi_add_env_cleanup_hook(env_, onTeardown, this);
  held_ = shared_from_this();
  hears_ = true;
  return true;
}

PaError Stream::open(const StreamRequest &request) {
  PaStreamParameters parameters{};
  parameters.device = request.deviceId;
  parameters.channelCount = static_cast<int>(request.channels);
  parameters.sampleFormat = paInt16;
  parameters.suggestedLatency = request.suggestedLatency;
  ring->set(WRITTEN, std::min(request.filledFrames, ring->frames), relaxed);
  PaError error = Pa_OpenStream(&stream_, isInput ? &parameters : nullptr, isInput ? nullptr : &parameters,
                                request.sampleRate, request.framesPerBuffer, paClipOff | paDitherOff, onFrames, this);
  if (error != paNoError) return error;
  Pa_SetStreamFinishedCallback(stream_, onFinished);
  const PaStreamInfo *info = Pa_GetStreamInfo(stream_);
  if (info) latency_ = isInput ? info->inputLatency : info->outputLatency;
  streamsOpen++;
  return paNoError;
}

PaError Stream::startInTime() {
  struct Start {
    std::mutex mutex;
    std::condition_variable ended;
    PaError error = paTimedOut;
    bool isOver = false;
    bool isLost = false;
  };
  auto start = std::make_shared<Start>();
  std::thread([self = shared_from_this(), start] {
    const PaError error = self->start();
    bool isLost;
    {
      std::lock_guard<std::mutex> lock(start->mutex);
      start->error = error;
      start->isOver = true;
      isLost = start->isLost;
    }
    start->ended.notify_all();
    if (error != paNoError || isLost) self->discard(error == paNoError);
  }).detach();
  std::unique_lock<std::mutex> lock(start->mutex);
  start->isLost = !start->ended.wait_for(lock, STARTS_WITHIN, [&] { return start->isOver; });
  return start->error;
}

void Stream::discard(bool hasStarted) {
  if (hasStarted) Pa_AbortStream(stream_);
  std::lock_guard<std::mutex> lock(library());
  Pa_CloseStream(stream_);
  streamsOpen--;
}

void Stream::abandon(bool isLost) {
  isClosed_ = !isLost;
  forget();
}

#ifdef __linux__

namespace {

/** A callback's thread that does its work takes a few percent. */
constexpr double SPINNING_SHARE = 0.5;
constexpr int LOWEST = 10;

/** Seconds; below zero where there is no such clock any more. */
double secondsOf(clockid_t clock) {
  timespec time{};
  if (clock_gettime(clock, &time) != 0) return -1;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/** Priorities belong to threads here, whatever the name says; a new one has its maker's. */
void setThreadPriority(pid_t thread, int priority) { setpriority(PRIO_PROCESS, static_cast<id_t>(thread), priority); }

pid_t thisThread() { return static_cast<pid_t>(syscall(SYS_gettid)); }

}  // namespace

PaError Stream::start() {
  priority_ = getpriority(PRIO_PROCESS, static_cast<id_t>(thisThread()));
  // Who has no say in priorities could lower one and not raise it again.
  if (priority_ < 0) setThreadPriority(thisThread(), LOWEST);
  return Pa_StartStream(stream_);
}

void Stream::noteThread() {
  if (isThreadKnown_.load(relaxed) || pthread_getcpuclockid(pthread_self(), &threadClock_) != 0) return;
  thread_ = thisThread();
  tamedAt_ = secondsOf(CLOCK_MONOTONIC);
  ranAt_ = secondsOf(threadClock_);
  isThreadKnown_.store(true, release);
}

double Stream::tame() {
  if (!isThreadKnown_.load(acquire) || ring->get(ENDED, acquire) || closing_) return 0;
  const double now = secondsOf(CLOCK_MONOTONIC);
  const double ran = secondsOf(threadClock_);
  if (ran < 0 || now <= tamedAt_) return 0;
  const double share = (ran - ranAt_) / (now - tamedAt_);
  tamedAt_ = now;
  ranAt_ = ran;
  if (priority_ < 0) setThreadPriority(thread_, share > SPINNING_SHARE ? LOWEST : priority_);
  return share;
}

#else

PaError Stream::start() { return Pa_StartStream(stream_); }

void Stream::noteThread() {}

double Stream::tame() { return 0; }

#endif

int Stream::onFrames(const void *input, void *output, unsigned long frames, const PaStreamCallbackTimeInfo *time,
                     PaStreamCallbackFlags flags, void *pointer) {
  auto *self = static_cast<Stream *>(pointer);
  self->noteThread();
  Ring &ring = *self->ring;
  const auto count = static_cast<uint32_t>(frames);
  ring.count(CALLBACKS);
  ring.set(CALLBACK_FRAMES, count, relaxed);
  if (flags & (paInputUnderflow | paInputOverflow | paOutputUnderflow | paOutputOverflow)) ring.count(XRUNS);
  if (time) {
    const double seconds = self->isInput ? time->currentTime - time->inputBufferAdcTime
                                         : time->outputBufferDacTime - time->currentTime;
    // Some sound systems give no times; what they give instead is no delay.
    const bool isTrue = seconds > 0 && seconds < 60;
    ring.set(DEVICE_US, isTrue ? static_cast<uint32_t>(seconds * 1e6) : 0, relaxed);
  }
  if (self->isInput) self->take(static_cast<const int16_t *>(input), count);
  else self->give(static_cast<int16_t *>(output), count);
  return paContinue;
}

void Stream::take(const int16_t *from, uint32_t frames) {
  const uint32_t written = ring->get(WRITTEN, relaxed);
  const uint32_t filled = written - ring->get(READ, acquire);
  const uint32_t fits = std::min(frames, ring->frames - filled);
  if (fits < frames) {
    ring->count(MISSES);
    ring->count(MISSED_FRAMES, frames - fits);
  }
  if (from) ring->copyIn(written, from, fits);
  ring->set(WRITTEN, written + fits, release);
  if (filled + fits >= ring->get(WAKE_AT, relaxed)) wake();
}

void Stream::give(int16_t *to, uint32_t frames) {
  const uint32_t read = ring->get(READ, relaxed);
  const uint32_t filled = ring->get(WRITTEN, acquire) - read;
  const uint32_t there = std::min(frames, filled);
  ring->copyOut(read, to, there);
  if (there < frames) {
    std::memset(to + size_t{there} * ring->channels, 0, size_t{frames - there} * ring->channels * 2);
    ring->count(MISSES);
    ring->count(MISSED_FRAMES, frames - there);
  }
  ring->set(READ, read + there, release);
  const uint32_t left = filled - there;
  if (left < ring->get(LEAST_LEFT, relaxed)) ring->set(LEAST_LEFT, left, relaxed);
  if (left <= ring->get(WAKE_AT, relaxed)) wake();
}

void Stream::onFinished(void *pointer) {
  auto *self = static_cast<Stream *>(pointer);
  self->ring->set(ENDED, 1, release);
  self->wake();
}

void Stream::wake() {
  [[maybe_unused]] Uncancelled uncancelled;
  sending_.fetch_add(1);
  if (hears_.load()) uv_async_send(async_);
  sending_.fetch_sub(1);
}

void Stream::onAsync(uv_async_t *async) {
  auto self = static_cast<Stream *>(async->data)->shared_from_this();
  napi_env env = self->env_;
  napi_handle_scope scope;
  napi_open_handle_scope(env, &scope);
  napi_value resource;
  napi_get_reference_value(env, self->resource_, &resource);
  if (self->isClosed_.load()) {
    napi_callback_scope calling;
    napi_open_callback_scope(env, resource, self->context_, &calling);
    napi_value undefined;
    napi_get_undefined(env, &undefined);
    napi_resolve_deferred(env, self->closing_, undefined);
    napi_close_callback_scope(env, calling);
    self->forget();
  } else if (self->closing_ == nullptr) {
    napi_value onWake;
    napi_get_reference_value(env, self->onWake_, &onWake);
    if (napi_make_callback(env, self->context_, resource, onWake, 0, nullptr, nullptr) == napi_pending_exception) {
      napi_value error;
      napi_get_and_clear_last_exception(env, &error);
      napi_fatal_exception(env, error);
    }
  }
  napi_close_handle_scope(env, scope);
}

napi_value Stream::close(napi_env env) {
  napi_value promise;
  napi_create_promise(env, &closing_, &promise);
  std::thread([self = shared_from_this()] {
    Pa_AbortStream(self->stream_);
    {
      std::lock_guard<std::mutex> lock(library());
      Pa_CloseStream(self->stream_);
      streamsOpen--;
    }
    self->isClosed_ = true;
    self->wake();
  }).detach();
  return promise;
}

/** JavaScript ends while the stream is open: from now on nobody is woken. */
void Stream::onTeardown(void *pointer) {
  auto *self = static_cast<Stream *>(pointer);
  self->forget();
}

void Stream::forget() {
  hears_ = false;
  // The callback is between two instructions of `wake` at most.
  while (sending_.load() != 0) std::this_thread::yield();
  uv_close(reinterpret_cast<uv_handle_t *>(async_), [](uv_handle_t *handle) {
    delete reinterpret_cast<uv_async_t *>(handle);
  });
  async_ = nullptr;
  napi_remove_env_cleanup_hook(env_, onTeardown, this);
  napi_delete_reference(env_, onWake_);
  napi_delete_reference(env_, resource_);
  napi_async_destroy(env_, context_);
  // One that PortAudio has not closed yet stays where its callback can find it.
  if (isClosed_.load()) held_.reset();
}

}  // namespace kyberline
