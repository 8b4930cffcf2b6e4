import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const brand: MantineColorsTuple = [
  '#eef4ff',
  '#dbe6fe',
  '#bfd3fe',
  '#93b4fd',
  '#6690fa',
  '#4070f4',
  '#2558e0',
  '#1d49c0',
  '#1e3f9b',
  '#1d387a',
];

/** Greys with a little blue in them. */
const dark: MantineColorsTuple = [
  '#dce1e9',
  '#b6bfcc',
  '#909bab',
  '#677180',
  '#3c4653',
  '#2b333e',
  '#1b2129',
  '#14181e',
  '#0f1318',
  '#0a0d11',
];

export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 6, dark: 6 },
  colors: { brand, dark },
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily:
    'system-ui, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '650' },
  components: {
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
    Modal: {
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45 } },
      styles: { title: { fontWeight: 650 } },
    },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Select: { defaultProps: { allowDeselect: false, checkIconPosition: 'right' } },
    NavLink: { styles: { root: { borderRadius: 'var(--mantine-radius-md)' } } },
    Paper: { defaultProps: { withBorder: true, p: 'md' } },
  },
});

/** Colours with enough contrast for small text on both grounds. */
export const colours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#586170',
    '--mantine-color-placeholder': '#6b7482',
    '--mantine-color-error': '#b42318',
    '--mantine-color-anchor': '#1d4fd0',
    '--flux-ground': '#f5f6f8',
    '--flux-live': '#12803c',
    '--flux-warn': '#a34a07',
    '--flux-off': '#5d6674',
    '--flux-line': '#e3e7ec',
    '--flux-hover': '#f1f4f9',
  },
  dark: {
    '--mantine-color-body': '#14181e',
    '--mantine-color-dimmed': '#a0a9b8',
    '--mantine-color-placeholder': '#8b95a5',
    '--mantine-color-error': '#ff9a91',
    '--mantine-color-anchor': '#8db4ff',
    '--mantine-color-default': '#1b2027',
    '--mantine-color-default-border': '#323a45',
    '--flux-ground': '#0d1014',
    '--flux-live': '#4ade80',
    '--flux-warn': '#fbbf24',
    '--flux-off': '#a0a9b8',
    '--flux-line': '#272e37',
    '--flux-hover': '#1c222a',
  },
});
