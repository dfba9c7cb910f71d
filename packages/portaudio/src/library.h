/** PortAudio as a whole: initialised quietly, used by one thread at a time. */
#pragma once

#include <mutex>
#include <string>

#include <portaudio.h>

namespace kyberline {

/** PortAudio may be used by one thread at a time. Never waited for without a limit. */
std::timed_mutex &library();

/** Holds the library, or does not after 200 ms: a stream that hangs while it closes has it. */
class Hold {
 public:
  Hold();
  explicit operator bool() const { return lock_.owns_lock(); }

 private:
  std::unique_lock<std::timed_mutex> lock_;
};

/** Initialises unless it is. Prints nothing. */
PaError initialize();
/** Looks for devices anew. @returns paNoError, or what initialising said */
PaError initializeAgain();
/** PortAudio's words, and the sound system's own where it has some. */
std::string words(PaError error);

}  // namespace kyberline
