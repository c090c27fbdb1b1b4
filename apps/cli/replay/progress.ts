import cliProgress from 'cli-progress';
import type { Tally } from './tally.ts';

const linePauseMs = 5000;
const barPauseMs = 200;

/**
 * Shows how far a replay is: a bar on a terminal, elsewhere (in a pipe, on a build machine) a line every few seconds.
 * @returns what ends it, after showing the last state
 */
export function showProgress(tally: Tally, total: number, stream: NodeJS.WriteStream): () => void {
  const startedMs = performance.now();
  return stream.isTTY ? showBar(tally, total, stream, startedMs) : writeLines(tally, total, stream, startedMs);
}

function showBar(tally: Tally, total: number, stream: NodeJS.WriteStream, startedMs: number): () => void {
  const bar = new cliProgress.SingleBar({
    stream,
    hideCursor: true,
    barsize: 10,
    etaBuffer: 1000,
    format: '{bar} {eta_formatted} left · {words}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  const update = (): void => bar.update(tally.done, { words: inWords(tally, total, startedMs) });
  bar.start(total, 0, { words: inWords(tally, total, startedMs) });
  const timer = setInterval(update, barPauseMs);
  return () => {
    clearInterval(timer);
    update();
    bar.stop();
  };
}

function writeLines(tally: Tally, total: number, stream: NodeJS.WriteStream, startedMs: number): () => void {
  const write = (): void => {
    stream.write(`${inWords(tally, total, startedMs)}\n`);
  };
  const timer = setInterval(write, linePauseMs);
  return () => {
    clearInterval(timer);
    write();
  };
}

function inWords({ done, approved, declined, errors }: Tally, total: number, startedMs: number): string {
  const percent = Math.floor((100 * done) / total);
  const perSecond = Math.round((1000 * done) / (performance.now() - startedMs));
  return `${percent} % ${done}/${total} · approved ${approved} · declined ${declined} · errors ${errors} · ${perSecond}/s`;
}
