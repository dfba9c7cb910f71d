#include "library.h"

#ifndef _WIN32
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>
#endif

namespace kyberline {

namespace {

bool isInitialized = false;

#ifndef _WIN32
/** Whatever looks for devices (ALSA, JACK) complains on stderr of those that are not there. */
class Quiet {
 public:
  Quiet() : kept_(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)) {
    if (kept_ < 0) return;
    int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0) return;
    dup2(nowhere, STDERR_FILENO);
    ::close(nowhere);
  }
  ~Quiet() {
    if (kept_ < 0) return;
    dup2(kept_, STDERR_FILENO);
    ::close(kept_);
  }

 private:
  int kept_;
};

void ignore(const char *, int, const char *, int, const char *, ...) {}

/** ALSA goes on complaining as streams open and close; it can be told not to. */
void silenceAlsa() {
#ifdef __linux__
  void *alsa = dlopen("libasound.so.2", RTLD_LAZY | RTLD_NOLOAD);
  if (!alsa) return;
  using Handler = void (*)(const char *, int, const char *, int, const char *, ...);
  auto set = reinterpret_cast<int (*)(Handler)>(dlsym(alsa, "snd_lib_error_set_handler"));
  if (set) set(ignore);
  dlclose(alsa);
#endif
}
#else
class Quiet {};
void silenceAlsa() {}
#endif

}  // namespace

std::mutex &library() {
  // Never destroyed: a thread that closes a stream may outlive main.
  static auto *mutex = new std::mutex;
  return *mutex;
}

PaError initialize() {
  if (isInitialized) return paNoError;
  silenceAlsa();
  [[maybe_unused]] Quiet quiet;
  PaError error = Pa_Initialize();
  isInitialized = error == paNoError;
  return error;
}

PaError initializeAgain() {
  if (isInitialized) Pa_Terminate();
  isInitialized = false;
  return initialize();
}

std::string words(PaError error) {
  std::string text = Pa_GetErrorText(error);
  if (error != paUnanticipatedHostError) return text;
  const PaHostErrorInfo *host = Pa_GetLastHostErrorInfo();
  if (host && host->errorText && *host->errorText) text += std::string(": ") + host->errorText;
  return text;
}

}  // namespace kyberline
