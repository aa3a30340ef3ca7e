import type { Transcript } from '../system/program.ts';

/** Lines of output that are read without a click, and how long each may be. */
const visible = { lines: 6, characters: 160 };
/** Lines that the attachment keeps of each end of a long output. */
const keptLines = 60;
/** Longest line that the attachment keeps. */
const keptCharacters = 2_000;

/** Lines that every answer has and that no lesson turns on: curl's `--include` prints them first. */
const usualHeader =
  /^(?:date|content-type|content-length|transfer-encoding|connection|last-modified|etag|accept-ranges|expires|cache-control|vary):/i;
/** A page around the text of interest. */
const markup = /<[^>]*>/g;

/**
 * The lines of an output worth reading at once: without blank lines, everyday headers and HTML tags.
 *
 * @param room how many lines, and how long
 */
export function digest({ stdout, stderr, exitCode }: Transcript, room = visible): string[] {
  // Only in a page: kubectl prints words like <none>. Asked once: an output may have thousands of lines.
  const isPage = stdout.includes('<html');
  const plain = (line: string) => (isPage ? line.replaceAll(markup, '').replaceAll('&nbsp;', ' ') : line);
  const lines = outputLines(stdout, stderr)
    .map((line) => plain(line).trimEnd())
    .filter((line) => line.trim() !== '' && !usualHeader.test(line));
  const shown = lines.slice(0, room.lines).map((line) => cut(line, room.characters));
  const more = lines.length - shown.length;
  return [
    ...shown,
    ...(more > 0 ? [`… ${more} more lines in the whole output`] : []),
    ...(exitCode === 0 ? [] : [`exit code ${exitCode}`]),
    ...(lines.length === 0 && exitCode === 0 ? ['(no output, exit code 0)'] : []),
  ];
}

/** Command, output and how it ended, as a terminal shows it; the middle of a very long output is left out, and the end of a very long line. */
export function fullText({ command, stdout, stderr, exitCode, durationMs }: Transcript): string {
  const lines = outputLines(stdout, stderr);
  const left = lines.length - 2 * keptLines;
  const kept =
    left > 0 ? [...lines.slice(0, keptLines), `… ${left} lines left out …`, ...lines.slice(-keptLines)] : lines;
  const cutLines = kept.map((line) => cut(line, keptCharacters));
  return [`$ ${command}`, ...cutLines, `[exit code ${exitCode} after ${Math.round(durationMs)} ms]`, ''].join('\n');
}

/** True if {@link digest} shows all that there is to read. */
export function isShownWhole(transcript: Transcript): boolean {
  const lines = outputLines(transcript.stdout, transcript.stderr).filter((line) => line.trim() !== '');
  const shown = new Set(digest(transcript));
  return lines.every((line) => shown.has(line.trimEnd()));
}

function outputLines(stdout: string, stderr: string): string[] {
  return [stdout, stderr].flatMap((text) => (text.trim() === '' ? [] : text.trimEnd().split(/\r?\n/)));
}

function cut(line: string, characters: number): string {
  return line.length <= characters ? line : `${line.slice(0, characters)}…`;
}
