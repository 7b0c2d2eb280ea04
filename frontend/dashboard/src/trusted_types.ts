/**
 * The page's only Trusted Types policy (R-HDR-01).
 *
 * The component library sets the text of its `<style>` elements as HTML. Style sheets contain no `<`, and text without `<` makes no
 * element, so exactly that is allowed. There is no `createScript` and no `createScriptURL`: both sinks stay closed.
 */

interface PolicyFactory {
  createPolicy(name: string, rules: { createHTML: (text: string) => string }): unknown;
}

export function styleTextOnly(text: string): string {
  if (text.includes("<")) throw new TypeError("HTML from text is not allowed on this page.");
  return text;
}

export function allowStyleTextOnly(): void {
  const factory = (window as { trustedTypes?: PolicyFactory }).trustedTypes;
  factory?.createPolicy("default", { createHTML: styleTextOnly });
}
