// Draws the top bar: the way into the palette, whether the page is live, the zone of all times, and light or dark.
import { Menu as MenuIcon, Search } from "lucide-preact";
import { relativeTime } from "#lib/text/words-of-time.ts";
import { moment } from "../data/clock.ts";
import { connection } from "../data/live.ts";
import { Button } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { isPaletteOpen } from "./open-dialogs.ts";
import { ThemeMenu } from "./theme-menu.tsx";
import { ZoneMenu } from "./zone-menu.tsx";

export function TopBar({ toggleRail }: { toggleRail: () => void }) {
  return (
    <header class="top-bar">
      <Button kind="plain" class="menu-button" icon={MenuIcon} label="Places" onClick={toggleRail} />
      <button
        type="button"
        class="search"
        onClick={() => {
          isPaletteOpen.value = true;
        }}
      >
        <Icon of={Search} />
        <span class="cut">Go to, or do</span>
        <kbd>Ctrl K</kbd>
      </button>
      <div class="end">
        <LiveMark />
        <ZoneMenu />
        <ThemeMenu />
      </div>
    </header>
  );
}

function LiveMark() {
  const { isLive, cutAt } = connection.value;
  if (isLive || cutAt === undefined) {
    return (
      <span class="live" title="The page shows what happens as it happens.">
        <span class="dot" />
        <span class="word">{isLive ? "live" : "connecting"}</span>
      </span>
    );
  }
  const age = relativeTime(cutAt, moment.value);
  return (
    <span class="live is-cut" role="status">
      <span class="dot" />
      Reconnecting…
      {age !== "now" && <span class="word">what is shown was read {age}</span>}
    </span>
  );
}
