// Colour, by what a text means. Only a terminal gets any.

import { styleText } from "node:util";

const styles = {
  heading: ["bold", "red"],
  bad: "red",
  good: "green",
  doubtful: "yellow",
  strong: "bold",
  faint: "dim",
} as const;

/** Marks a text with a style, or leaves it as it is. */
export type Paint = (style: keyof typeof styles, text: string) => string;

export const plain: Paint = (_style, text) => text;

/** Colours for a stream that was found to have them; else `plain`. */
export function painter(hasColours: boolean): Paint {
  if (!hasColours) return plain;
  return (style, text) => {
    const format = styles[style];
    return styleText(typeof format === "string" ? format : [...format], text, {
      validateStream: false,
    });
  };
}
