interface LoadingProps {
  text: string;
  /** How many things are likely to come. */
  rows?: number;
}

/** Holds the place of what is asked for: said in words, shown as what will stand there. */
export function Loading({ text, rows = 2 }: LoadingProps) {
  return (
    <div class="loading" role="status">
      <span class="sr-only">{text}</span>
      {Array.from({ length: rows }, (_, index) => <i key={index} aria-hidden="true" />)}
    </div>
  );
}
