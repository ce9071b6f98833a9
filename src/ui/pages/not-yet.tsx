// Holds the place of a page that is not built yet.
import { useLocation } from "preact-iso";
import { pageOf } from "../data/base.ts";
import { Empty } from "../parts/empty.tsx";
import { PageHead } from "../parts/page-head.tsx";

export default function NotYetPage() {
  const { path } = useLocation();
  return (
    <>
      <PageHead title="Not built yet" />
      <Empty title={`The page ${pageOf(path)} is not built yet.`} command="orch --help">
        Commands do all of it today.
      </Empty>
    </>
  );
}
