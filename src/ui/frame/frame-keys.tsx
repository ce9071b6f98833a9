// Registers the keys that work everywhere, and draws the dialogs they open.
import { useLocation } from "preact-iso";
import { to } from "../data/base.ts";
import { Button } from "../parts/button.tsx";
import { deferred } from "../parts/deferred.tsx";
import { Dialog } from "../parts/forms/dialog.tsx";
import { type Keys, keysNow, useKeys } from "../parts/keys.ts";
import { isKeyHelpOpen, isPaletteOpen } from "./open-dialogs.ts";
import { PLACES } from "./places.ts";
import { toggleUtc } from "./zone-menu.tsx";

const Palette = deferred(() => import("./palette.tsx"));

export function FrameKeys() {
  const { route } = useLocation();
  const places: Keys = {};
  for (const { key, title, page } of PLACES)
    places[`g ${key}`] = { title: `Go to ${title}`, act: () => route(to(page)) };
  useKeys({
    "Ctrl+k": {
      title: "Go anywhere, do anything",
      act: () => {
        isPaletteOpen.value = !isPaletteOpen.value;
      },
    },
    "?": {
      title: "Show these keys",
      act: () => {
        isKeyHelpOpen.value = true;
      },
    },
    z: { title: "Times in UTC, or in the browser's zone", act: toggleUtc },
    ...places,
  });
  return (
    <>
      {isPaletteOpen.value && <Palette />}
      {isKeyHelpOpen.value && <KeyHelp />}
    </>
  );
}

function KeyHelp() {
  const close = () => {
    isKeyHelpOpen.value = false;
  };
  return (
    <Dialog title="Keys of this page" onClose={close} foot={<Button onClick={close}>Close</Button>}>
      <dl class="keys">
        {Object.entries(keysNow()).map(([key, { title }]) => [
          <dt key={key}>
            {key.split(" ").map((part) => (
              <kbd key={part}>{part}</kbd>
            ))}
          </dt>,
          <dd key={`${key} title`}>{title}</dd>,
        ])}
      </dl>
    </Dialog>
  );
}
