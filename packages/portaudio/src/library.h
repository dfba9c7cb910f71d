/** PortAudio as a whole: initialised quietly, used by one thread at a time. */
#pragma once

#include <mutex>
#include <string>

#include <portaudio.h>

namespace kyberline {

/** PortAudio may be used by one thread at a time, which is never JavaScript's: it may have to wait. */
std::mutex &library();

/** Initialises unless it is. Prints nothing. */
PaError initialize();
/** Looks for devices anew. @returns paNoError, or what initialising said */
PaError initializeAgain();
/** PortAudio's words, and the sound system's own where it has some. */
std::string words(PaError error);

}  // namespace kyberline
