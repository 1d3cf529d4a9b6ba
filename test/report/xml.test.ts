import { parseXml } from "@rgrove/parse-xml";
import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";

import { element, xmlText } from "../../src/report/xml.ts";

/** What a parser reads of a text between tags and of the same text as an attribute. */
function readBack(text: string): {
  readonly inside: string;
  readonly attribute: string | undefined;
} {
  const { root } = parseXml(element("a", { b: text }, [xmlText(text)]));
  return { inside: root?.text ?? "", attribute: root?.attributes["b"] };
}

describe("an XML element", () => {
  it("is closed at once if it has no children", () => {
    expect(element("skipped", { message: "a", count: 3 })).toBe('<skipped message="a" count="3"/>');
    expect(element("a", {}, [element("b", {}), "c"])).toBe("<a><b/>c</a>");
  });

  it("gives every text back to a parser, between tags and as an attribute", () => {
    const usual = string({ unit: "grapheme", maxLength: 40 });
    assert(
      property(usual, (text) => {
        expect(readBack(text)).toEqual({ inside: text, attribute: text });
      }),
      { numRuns: 500, seed: 1 },
    );
    for (const text of ['<a b="c">&amp;</a>', "]]>", "a\r\nb\tc\nd", "'", "😀"]) {
      expect(readBack(text)).toEqual({ inside: text, attribute: text });
    }
  });

  it("shows what XML cannot hold as JavaScript writes it", () => {
    for (const [text, shown] of [
      ["a\u0000b", "a\\u0000b"],
      ["\u001B[31mred\u0007", "\\u001b[31mred\\u0007"],
      ["\uFFFE", "\\ufffe"],
      ["half \uD83D of a pair", "half \\ud83d of a pair"],
      ["\uDE00", "\\ude00"],
    ] as const) {
      expect(readBack(text)).toEqual({ inside: shown, attribute: shown });
    }
  });

  it("is well-formed whatever the text is", () => {
    assert(
      property(string({ unit: "binary", maxLength: 40 }), (text) => {
        expect(readBack(text).inside.length).toBeGreaterThanOrEqual(text.length);
      }),
      { numRuns: 500, seed: 2 },
    );
  });
});
