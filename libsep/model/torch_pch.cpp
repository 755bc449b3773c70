// Holds the precompiled header of LibTorch; see CMakeLists.txt.
