// Puts the frame around the pages: rail, top bar, the page of the address, and what floats above.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { LocationProvider, Route, Router, useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import { nameOfPart } from "#lib/text/path-part.ts";
import { pageOf, to } from "../data/base.ts";
import { apiKey, isKeyWanted } from "../data/call.ts";
import { PAGES, type Page } from "../pages/registry.ts";
import { isId } from "../parts/address.ts";
import { ConfirmHost } from "../parts/forms/confirm.tsx";
import { Toasts } from "../parts/forms/toasts.tsx";
import { NotFound } from "../parts/not-found.tsx";
import { ErrorBoundary } from "./error-boundary.tsx";
import { FrameKeys } from "./frame-keys.tsx";
import { Rail, railWidth } from "./rail.tsx";
import { SignIn, SignInAgain } from "./sign-in.tsx";
import { TopBar } from "./top-bar.tsx";

export function App() {
  // A key that is refused while the page is open is asked for above it: what was typed there stays.
  const isAgain = isKeyWanted.value && apiKey.peek() !== null;
  if (isKeyWanted.value && !isAgain) return <SignIn />;
  return (
    <LocationProvider scope={to("/")}>
      <Frame>
        <Pages />
      </Frame>
      <ConfirmHost />
      <Toasts />
      {isAgain && <SignInAgain />}
    </LocationProvider>
  );
}

function Pages() {
  const { path } = useLocation();
  if (!isReadable(path)) return <NotFound />;
  return (
    <Router>
      <Route path={to("/")} component={Home} />
      {PAGES.map((page) => (
        <Route path={to(page.path)} component={shownBy(page)} key={page.path} />
      ))}
      <Route default component={NotFound} />
    </Router>
  );
}

/** An address that was typed or cut may have `%` where no letter follows; the router does not expect that. */
function isReadable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function Frame({ children }: { children: ComponentChildren }) {
  const { path } = useLocation();
  const [hasRail, setRail] = useState(false);
  useEffect(() => setRail(false), [path]);
  return (
    <div class={`frame ${hasRail ? "has-rail" : ""}`} style={{ "--rail": `${railWidth()}px` }}>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to a part of this page */}
      <a class="skip" href="#page" onClick={toPage}>
        Go to the page
      </a>
      <Rail />
      <div>
        <TopBar toggleRail={() => setRail(!hasRail)} />
        <main class="page" id="page" tabIndex={-1}>
          {children}
        </main>
      </div>
      <FrameKeys />
    </div>
  );
}

/** By itself the browser would go to the base of all pages, and there to `#page`. */
function toPage(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById("page")?.focus();
}

function Home() {
  const { route } = useLocation();
  useEffect(() => route(to(pages.runs()), true), []);
  return null;
}

/** Letters of what stands in the place of an id. */
const MOST_SHOWN = 60;
const shown = new Map<Page, (props: { params: Record<string, string> }) => ComponentChildren>();

/** Another record is another page: nothing of the one before stays, its fault neither. */
function shownBy(page: Page) {
  const known = shown.get(page);
  if (known) return known;
  const Shown = ({ params: parts }: { params: Record<string, string> }) => {
    const params = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, nameOfPart(part)]));
    return (
      <ErrorBoundary key={pageOf(location.pathname)}>
        {params["id"] === undefined || isId(params["id"]) ? (
          <page.component params={params} />
        ) : (
          <NotFound
            what={`'${params["id"].slice(0, MOST_SHOWN)}' is not an id, so there is no page at this address.`}
          />
        )}
      </ErrorBoundary>
    );
  };
  shown.set(page, Shown);
  return Shown;
}
