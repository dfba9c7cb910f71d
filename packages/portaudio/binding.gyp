{
  # PortAudio itself, header and library, is the one that naudiodon brings; a copy of the library lies
  # beside the compiled file, which finds it there. On 64-bit ARM Linux it brings none: the system's.
  "variables": {
    "portaudio%": "<!(node -p \"require('path').dirname(require.resolve('naudiodon/package.json')).replace(/\\\\\\\\/g, '/') + '/portaudio'\")"
  },
  "targets": [
    {
      "target_name": "kyberline_portaudio",
      "sources": ["src/addon.cc", "src/library.cc", "src/stream.cc"],
      "include_dirs": ["<(portaudio)/include"],
      "defines": ["NAPI_VERSION=8"],
      "conditions": [
        ["OS=='linux' and target_arch!='arm64'", {
          "variables": {
            "conditions": [
              ["target_arch=='arm'", { "bin": "bin_armhf" }, { "bin": "bin" }]
            ]
          },
          "cflags_cc": ["-std=c++17", "-Wall", "-Wextra"],
          "libraries": ["<(portaudio)/<(bin)/libportaudio.so.2", "-ldl", "-Wl,-rpath,'$$ORIGIN'"],
          "copies": [{ "destination": "<(PRODUCT_DIR)", "files": ["<(portaudio)/<(bin)/libportaudio.so.2"] }]
        }],
        ["OS=='linux' and target_arch=='arm64'", {
          "cflags_cc": ["-std=c++17", "-Wall", "-Wextra", "<!@(pkg-config --cflags portaudio-2.0)"],
          "libraries": ["<!@(pkg-config --libs portaudio-2.0)", "-ldl"]
        }],
        ["OS=='mac'", {
          "xcode_settings": {
            "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
            "MACOSX_DEPLOYMENT_TARGET": "11.0",
            "OTHER_LDFLAGS": ["-Wl,-rpath,@loader_path"]
          },
          "libraries": ["<(portaudio)/bin/libportaudio.dylib"],
          "copies": [{ "destination": "<(PRODUCT_DIR)", "files": ["<(portaudio)/bin/libportaudio.dylib"] }]
        }],
        ["OS=='win'", {
          "defines": ["NOMINMAX", "_HAS_EXCEPTIONS=1"],
          "msvs_settings": { "VCCLCompilerTool": { "ExceptionHandling": 1, "AdditionalOptions": ["/std:c++17"] } },
          "libraries": ["<(portaudio)/bin/portaudio_x64.lib"],
          "copies": [{ "destination": "<(PRODUCT_DIR)", "files": ["<(portaudio)/bin/portaudio_x64.dll"] }]
        }]
      ]
    }
  ]
}
