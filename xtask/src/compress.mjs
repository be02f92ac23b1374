// Compresses each file named in the arguments as well as it can be done: they are served as they lie.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

for (const path of process.argv.slice(1)) {
  const content = readFileSync(path);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  for (const [ending, compressed] of [
    ["br", brotliCompressSync(content, { params })],
    ["gz", gzipSync(content, { level: 9 })],
  ]) {
    // A server that runs meanwhile never sees half a file.
    writeFileSync(`${path}.${ending}.new`, compressed);
    renameSync(`${path}.${ending}.new`, `${path}.${ending}`);
  }
}
