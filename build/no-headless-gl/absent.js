throw new Error("headless-gl is not installed: gpu.js runs on WebGPU, WebAssembly and the CPU here");
