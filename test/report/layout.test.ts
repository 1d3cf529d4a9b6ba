import { describe, expect, it } from "vitest";

import { brand, type Pfn } from "../../model/units.ts";
import { counted, cut, listed, pfnText, wrap } from "../../src/report/layout.ts";

const frames = (...numbers: readonly number[]): readonly Pfn[] => numbers.map((n) => brand(n));

describe("text", () => {
  it("is broken at spaces, and only there", () => {
    expect(wrap("aa bb cc", 7, "  ")).toEqual(["  aa bb", "  cc"]);
    expect(wrap("aa bb cc", 8, "> ", "  ")).toEqual(["> aa bb", "  cc"]);
    expect(wrap("a-long-word bb", 4, "", " ")).toEqual(["a-long-word", " bb"]);
  });

  it("is cut with an ellipsis, if it has to be", () => {
    expect(cut("abcdef", 6)).toBe("abcdef");
    expect(cut("abcdef", 5)).toBe("abcd…");
  });

  it("counts one and many", () => {
    expect(counted(1, "command")).toBe("1 command");
    expect(counted(41873, "command")).toBe("41,873 commands");
    expect(listed(["a", "b", "c"])).toBe("a, b and c");
    expect(listed(["a"])).toBe("a");
  });

  it("shows frames in the order of the pages", () => {
    expect(pfnText(frames(7))).toBe("pfn 7");
    expect(pfnText(frames(7, 8, 9))).toBe("pfn 7–9");
    expect(pfnText(frames(9, 7))).toBe("pfn 9+7");
    expect(pfnText([])).toBe("no frame");
  });
});
