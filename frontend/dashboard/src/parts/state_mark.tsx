import classes from "./state_mark.module.css";

export type Tone = "good" | "idle" | "bad" | "warn";

/** A state in a word, with a dot whose colour repeats it. */
export function StateMark({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className={classes.mark} data-tone={tone}>
      <span className={classes.dot} aria-hidden />
      <span className={classes.words}>{children}</span>
    </span>
  );
}
