// XML 1.0 as text. What XML cannot hold, not even escaped, is shown as JavaScript writes it: a control character of a
// subject's message as \u0007.

/** An element; without children it is closed at once. Children are whole: elements, or text from `xmlText`. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly string[] = [],
): string {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(value)}"`);
  const head = `<${name}${given.join("")}`;
  return children.length === 0 ? `${head}/>` : `${head}>${children.join("")}</${name}>`;
}

/** Text between tags. */
export function xmlText(text: string): string {
  // A parser makes a line feed of a bare carriage return.
  return escaped(text).replaceAll("\r", "&#13;");
}

/** A parser makes spaces of line ends and tabs in an attribute, unless they are references. */
function attribute(value: string | number): string {
  return escaped(String(value)).replaceAll(/[\t\n\r]/g, (each) => `&#${each.charCodeAt(0)};`);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function escaped(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (each) => entities[each] ?? each)
    .replaceAll(unwritable, (each) =>
      "\t\n\r".includes(each) ? each : `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}

/** What no XML 1.0 document has, or should have: control characters, half a surrogate pair, and two non-characters. */
const unwritable = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu;
