/**
 * One stream of PortAudio in one direction, and the ring between its callback and JavaScript.
 *
 *   input    callback ──► ring ──► JavaScript        output   JavaScript ──► ring ──► callback
 *
 * The ring has one producer and one consumer. The callback takes no lock, allocates nothing and
 * never waits: what does not fit is dropped and counted, what is missing is silence and counted.
 * It wakes JavaScript with uv_async_send alone, which is one atomic exchange and at most one write
 * to a pipe that does not block.
 */
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#ifdef __linux__
#include <ctime>
#include <sys/types.h>
#endif

#include <node_api.h>
#include <portaudio.h>
#include <uv.h>

namespace kyberline {

/** What both sides see: 16 numbers, then the samples. src/index.ts has the same names. */
enum Slot {
  /** Frames put into the ring and taken out of it since the start, modulo 2^32. */
  WRITTEN,
  READ,
  /** Set by JavaScript: an input wakes it with at least so many frames, an output with at most. */
  WAKE_AT,
  /** Times that the callback was called, and the frames of its last call. */
  CALLBACKS,
  CALLBACK_FRAMES,
  /** Callbacks that found the ring full (input) or short (output), and the frames it was about. */
  MISSES,
  MISSED_FRAMES,
  /** Callbacks that PortAudio told of an underflow or overflow of its own. */
  XRUNS,
  /** Age of an input's first sample, or time until an output's first is heard, µs. */
  DEVICE_US,
  /** 1 when the stream has ended, by itself or not. */
  ENDED,
  /** The fewest frames that a callback of an output left in the ring; JavaScript sets it back. */
  LEAST_LEFT,
  SLOTS = 16,
};

/** Lives as long as either the callback or JavaScript may look at it. */
struct Ring {
  /** Null where there is no memory. */
  std::atomic<int32_t> *slots;
  int16_t *samples = nullptr;
  uint32_t frames;
  uint32_t channels;

  Ring(uint32_t frames, uint32_t channels);
  ~Ring();
  Ring(const Ring &) = delete;

  size_t bytes() const { return SLOTS * sizeof(int32_t) + size_t{frames} * channels * 2; }
  uint32_t get(Slot slot, std::memory_order order) const { return static_cast<uint32_t>(slots[slot].load(order)); }
  void set(Slot slot, uint32_t value, std::memory_order order) { slots[slot].store(static_cast<int32_t>(value), order); }
  /** For a slot that the callback alone writes. */
  void count(Slot slot, uint32_t by = 1) { set(slot, get(slot, std::memory_order_relaxed) + by, std::memory_order_relaxed); }
  void copyIn(uint32_t at, const int16_t *from, uint32_t count);
  void copyOut(uint32_t at, int16_t *to, uint32_t count) const;
};

struct StreamRequest {
  bool isInput;
  int32_t deviceId;
  uint32_t channels;
  double sampleRate;
  uint32_t framesPerBuffer;
  double suggestedLatency;
  /** A power of two. */
  uint32_t ringFrames;
  /** Of silence, that an output's ring begins with. */
  uint32_t filledFrames;
};

/**
 * Belongs to JavaScript's thread but for the callback's part. It is freed when PortAudio has closed
 * the stream and the loop has closed the wake-up; a stream that never closes is never freed.
 */
class Stream : public std::enable_shared_from_this<Stream> {
 public:
  const std::shared_ptr<Ring> ring;
  const bool isInput;

  Stream(napi_env env, const StreamRequest &request);

  /** Of the process, from opening until PortAudio has closed them. */
  static int openStreams();

  /** What has to be there before the stream is opened. False where there is no memory. */
  bool prepare(napi_value onWake, uv_loop_t *loop);
  /** On a thread that holds the library: a sound system may take its time. @returns PortAudio's error */
  PaError open(const StreamRequest &request);
  /**
   * After `open`, without the library. Where a device fails in the very moment of its start, PortAudio
   * waits for a thread that has ended, for ever: such a stream is lost, and left alone.
   * @returns paTimedOut then, else PortAudio's error
   */
  PaError startInTime();
  /** After a stream that could not be opened or started. `isLost`: PortAudio may still know of it. */
  void abandon(bool isLost);
  /** Seconds, as PortAudio says after opening. */
  double latency() const { return latency_; }
  /**
   * Gives the callback's thread a low priority while it spins, and its maker's when it does no more;
   * it begins with the low one. Where a loudspeaker stands still, PortAudio over PulseAudio's ALSA
   * plugin asks without a pause whether there is room: at a voice's priority that keeps all else from
   * running, the sound server and the network too.
   * @returns the share of a processor that it took since this was last called; 0 where it is unknown
   */
  double tame();
  /**
   * Aborts and closes on a thread of its own: a sound server that hangs would hold up this one, and
   * a thread of libuv's pool would hold up the end of the process. @returns a promise
   */
  napi_value close(napi_env env);

 private:
  static int onFrames(const void *input, void *output, unsigned long frames,
                      const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags, void *self);
  static void onFinished(void *self);
  static void onAsync(uv_async_t *async);
  static void onTeardown(void *self);

  PaError start();
  void discard(bool hasStarted);
  void noteThread();
  void take(const int16_t *from, uint32_t frames);
  void give(int16_t *to, uint32_t frames);
  /** From any thread; does nothing once JavaScript is gone. */
  void wake();
  void forget();

  napi_env env_;
  PaStream *stream_ = nullptr;
  double latency_ = 0;
  uv_async_t *async_ = nullptr;
  napi_ref onWake_ = nullptr;
  napi_ref resource_ = nullptr;
  napi_async_context context_ = nullptr;
  napi_deferred closing_ = nullptr;
  std::atomic<bool> hears_{false};
  std::atomic<int> sending_{0};
  std::atomic<bool> isClosed_{false};
#ifdef __linux__
  /** Of the callback's thread, once it is known. */
  std::atomic<bool> isThreadKnown_{false};
  clockid_t threadClock_ = 0;
  pid_t thread_ = 0;
  int priority_ = 0;
  double tamedAt_ = 0;
  double ranAt_ = 0;
#endif
  /** Itself, while PortAudio or the loop may still call. */
  std::shared_ptr<Stream> held_;
};

}  // namespace kyberline
