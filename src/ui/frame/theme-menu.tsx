// Chooses light or dark, or what the system has. index.html applies the choice before the first paint.
import { Check, Monitor, Moon, Sun } from "lucide-preact";
import { remembered } from "../data/storage.ts";
import { Icon } from "../parts/icon.tsx";
import { Menu, MenuItem } from "../parts/menu.tsx";

/** `light` or `dark`; `null` follows the system. */
export const theme = remembered("theme");

theme.subscribe((chosen) => {
  if (chosen) document.documentElement.dataset["theme"] = chosen;
  else delete document.documentElement.dataset["theme"];
});

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
