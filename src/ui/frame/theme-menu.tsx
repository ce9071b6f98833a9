// Chooses light or dark, or what the system has.
import { Check, Monitor, Moon, Sun } from "lucide-preact";
import { theme } from "../data/theme.ts";
import { Icon } from "../parts/icon.tsx";
import { Menu, MenuItem } from "../parts/menu.tsx";

const THEMES = [
  { value: null, title: "As the system", icon: Monitor },
  { value: "light", title: "Light", icon: Sun },
  { value: "dark", title: "Dark", icon: Moon },
] as const;

export function ThemeMenu() {
  const now = THEMES.find(({ value }) => value === theme.value) ?? THEMES[0];
  return (
    <Menu button={{ kind: "plain", icon: now.icon, label: "Light or dark" }} label="Light or dark">
      {() =>
        THEMES.map(({ value, title, icon }) => (
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
        ))
      }
    </Menu>
  );
}
