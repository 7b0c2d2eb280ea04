import { expect, it } from "vitest";
import { styleTextOnly } from "./trusted_types";

// R-HDR-01
it("lets the text of a style sheet pass, and nothing that could be an element", () => {
  expect(styleTextOnly(":root { --line: red } a > b { color: red }")).toContain("--line");
  expect(() => styleTextOnly("<img src=x onerror=alert(1)>")).toThrow(TypeError);
  expect(() => styleTextOnly("</style><script>")).toThrow(TypeError);
});
