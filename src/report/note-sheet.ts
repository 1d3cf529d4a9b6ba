// Where the notes of one command are collected: those of the command itself, and apart from them what happened
// inside a call in progress.

export interface Annotations {
  readonly notes: readonly string[];
  readonly asides: readonly Aside[];
}

export interface Aside {
  /** The call in progress. */
  readonly during: string;
  readonly notes: readonly string[];
}

export interface NoteSheet {
  /** `during` is the call in progress, null outside any. */
  put(note: string, during: string | null): void;
  read(): Annotations;
}

export function noteSheet(): NoteSheet {
  const notes: string[] = [];
  const asides: { readonly during: string; readonly notes: string[] }[] = [];
  return {
    put(note, during): void {
      if (during === null) {
        notes.push(note);
        return;
      }
      const last = asides.at(-1);
      if (last?.during === during) last.notes.push(note);
      else asides.push({ during, notes: [note] });
    },
    read: () => ({ notes, asides }),
  };
}
