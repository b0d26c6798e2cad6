import { RungError } from "../../core/errors.ts";
import { isFrameFile } from "./frame-file.ts";
import { FrameRecording } from "./frame-recording.ts";
import type { PlayedFile } from "./played-file.ts";
import { Recording, type RecordingOptions } from "./recording.ts";

/**
 * Opens a recorded file: one of frames, as `rung record` writes it, or CSV. Frames carry times, units and addresses of
 * their own, so that time column, separator, decimal mark and map say nothing about them.
 * @throws RungError as `Recording.open` and `FrameRecording.open`; `bad-option` for a map of a file of frames
 */
export async function openPlayedFile({ twin, map, ...options }: RecordingOptions): Promise<PlayedFile> {
  if (!isFrameFile(options.file))
    return Recording.open({ ...options, twin, ...(map === undefined ? {} : { map }) });
  if (map !== undefined) {
    throw new RungError({
      code: "bad-option",
      where: options.file,
      what: "is a file of frames, which a map file cannot rename",
      advice: "leave the map out",
    });
  }
  const { file, speed } = options;
  return FrameRecording.open({ file, twin, ...(speed === undefined ? {} : { speed }) });
}
