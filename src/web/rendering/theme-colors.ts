/** The colour of the top bar in each theme, as `--surface` in public/css/tokens.css has it. */
export const THEME_COLORS = { light: '#ffffff', dark: '#161b22' } as const;
