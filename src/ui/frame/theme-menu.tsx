// Chooses light or dark, or what the system has, the colours of states, and how high the rows of lists are.
import { Check, Eye, Monitor, Moon, Rows3, Sun } from "lucide-preact";
import { rows, toggleCompact } from "../data/rows.ts";
import { palette, theme, togglePalette } from "../data/theme.ts";
import { Icon } from "../parts/icon.tsx";
import { Menu, MenuItem } from "../parts/menu.tsx";

const THEMES = [
  { value: null, title: "As the system", icon: Monitor },
  { value: "light", title: "Light", icon: Sun },
  { value: "dark", title: "Dark", icon: Moon },
] as const;

const LABEL = "Colours, compact rows";

export function ThemeMenu() {
  const now = THEMES.find(({ value }) => value === theme.value) ?? THEMES[0];
  return (
    <Menu button={{ kind: "plain", icon: now.icon, label: LABEL }} label={LABEL}>
      {() => (
        <>
          {THEMES.map(({ value, title, icon }) => (
            <MenuItem
              key={title}
              icon={icon}
              end={value === now.value ? <Icon of={Check} /> : undefined}
              onClick={() => {
                theme.value = value;
              }}
            >
              {title}
            </MenuItem>
          ))}
          <hr />
          <MenuItem icon={Eye} end={palette.value ? <Icon of={Check} /> : undefined} onClick={togglePalette}>
            Colours for colour-blind readers
          </MenuItem>
          <MenuItem icon={Rows3} end={rows.value ? <Icon of={Check} /> : undefined} onClick={toggleCompact}>
            Compact rows
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
