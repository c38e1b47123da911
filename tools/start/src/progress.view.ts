import type { PartNews, PartState } from './part';
import { Block, colors, fitTo, formatDuration } from './terminal';
import type { Terminal } from './terminal';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;

interface Shown {
  news: PartNews;
  /** When the news arrived, on the monotonic clock. */
  at: number;
}

/** Start and stop, part by part: redrawn in place on a terminal, a line per change elsewhere. */
export class ProgressView {
  private readonly shown = new Map<string, Shown>();
  private readonly block: Block;
  private timer: NodeJS.Timeout | undefined;
  private frame = 0;

  constructor(private readonly terminal: Terminal) {
    this.block = new Block(terminal);
  }

  readonly onNews = (news: PartNews): void => {
    const before = this.shown.get(news.name)?.news;
    this.shown.set(news.name, { news, at: performance.now() });
    if (!this.terminal.isInteractive) {
      if (before?.state !== news.state) this.terminal.write(`${plainLine(news)}\n`);
      return;
    }
    this.timer ??= setInterval(() => this.draw(), FRAME_MS);
    this.draw();
  };

  /** Leaves the list on the screen and forgets it. */
  finish(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.terminal.isInteractive && this.shown.size > 0) this.draw();
    this.block.keep();
    this.shown.clear();
  }

  private draw(): void {
    this.frame += 1;
    const lines = [...this.shown.values()].map((entry) => this.line(entry));
    this.block.draw(lines);
  }

  private line({ news, at }: Shown): string {
    const isMoving = news.state === 'starting' || news.state === 'stopping';
    const elapsedMs = news.durationMs + (isMoving ? performance.now() - at : 0);
    const text = [
      fitTo(news.name, 21),
      fitTo(news.state, 9),
      formatDuration(elapsedMs).padStart(8),
      ' ',
      fitTo(news.detail, Math.max(10, this.terminal.columns - 46)).trimEnd(),
    ].join(' ');
    return `${this.mark(news.state)} ${news.state === 'failed' ? colors.red(text) : text}`;
  }

  private mark(state: PartState): string {
    switch (state) {
      case 'starting':
      case 'stopping':
        return colors.cyan(SPINNER[this.frame % SPINNER.length] ?? '.');
      case 'ready':
        return colors.green('✔');
      case 'stopped':
        return colors.dim('■');
      case 'failed':
      case 'died':
        return colors.red('✖');
    }
  }
}

function plainLine(news: PartNews): string {
  const time = news.state === 'starting' ? '' : ` (${formatDuration(news.durationMs)})`;
  const detail = news.detail ? `: ${news.detail}` : '';
  return `${news.name} ${news.state}${time}${detail}`;
}
