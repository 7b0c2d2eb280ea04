import { createTheme, type MantineColorsTuple } from "@mantine/core";
import { en } from "./texts/en";

/** The green of Sojourn's mark; shade 7 carries white text, shade 4 is for dark backgrounds. */
const pine: MantineColorsTuple = [
  "#eef6f1",
  "#dcebe2",
  "#b8d6c5",
  "#91c0a6",
  "#6fad8b",
  "#559d77",
  "#438a66",
  "#2f6f4f",
  "#265b41",
  "#1b4631",
];

/** Dark enough in shade 7 for white text. */
const red: MantineColorsTuple = [
  "#fdf0ee",
  "#f9dcd8",
  "#f2b8b0",
  "#ea9085",
  "#f2a093",
  "#dc5748",
  "#c9402f",
  "#b3382b",
  "#8a2f20",
  "#6d2419",
];

/** Cooler than the library's greys; 7 is the surface, 9 what lies below it. */
const dark: MantineColorsTuple = [
  "#e6e9e7",
  "#a9b1ac",
  "#949c97",
  "#69716c",
  "#343941",
  "#2a2e35",
  "#1e2127",
  "#16181d",
  "#12141a",
  "#0e0f12",
];

export const theme = createTheme({
  primaryColor: "pine",
  primaryShade: { light: 7, dark: 7 },
  colors: { pine, red, dark },
  autoContrast: true,
  respectReducedMotion: true,
  defaultRadius: "md",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "1.375rem", lineHeight: "1.3" }, h2: { fontSize: "1.05rem", lineHeight: "1.4" } },
  },
  components: {
    Button: { defaultProps: { size: "sm" } },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": en.close } } },
    TextInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm", comboboxProps: { withinPortal: true } } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Modal: {
      defaultProps: {
        closeButtonProps: { "aria-label": en.close },
        centered: true,
        overlayProps: { backgroundOpacity: 0.4 },
        transitionProps: { duration: 0 },
      },
    },
  },
});
