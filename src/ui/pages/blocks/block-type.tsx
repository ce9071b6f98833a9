// Shows what a type of block is for, with an example in code.
import { Plus } from "lucide-preact";
import { pages } from "#lib/text/page-addresses.ts";
import { to } from "../../data/base.ts";
import { useQuery } from "../../data/query.ts";
import { Button } from "../../parts/button.tsx";
import { Loaded } from "../../parts/lists/loaded.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Command } from "../../parts/text/command.tsx";
import { Details } from "../../parts/text/details.tsx";
import { Markdown } from "../../parts/text/markdown.tsx";
import type { PageProps } from "../registry.ts";
import { useNewestSchema } from "./block-catalog.tsx";

export default function BlockTypePage({ params: { slug } }: PageProps<"slug">) {
  const query = useQuery("readBlockTypeBySlug", { params: { slug } });
  const schema = useNewestSchema(query.data?.id);
  return (
    <Loaded of={query} record="block type">
      {(type) => (
        <>
          <PageHead
            title={type.name}
            crumbs={[
              { title: "Blocks", href: to(pages.blocks()) },
              { title: "New block", href: to(pages.blockCatalog()) },
            ]}
            actions={
              <Button kind="main" icon={Plus} href={to(pages.createBlock(slug))}>
                New {type.name}
              </Button>
            }
          />
          <div class="stack">
            {type.description && <Markdown text={type.description} />}
            <Details
              facts={[
                ["Capabilities", schema?.capabilities.join(", ")],
                ["Version", schema?.version],
                ["Make one", <Command>{`orch block create ${slug}`}</Command>],
              ]}
            />
            {type.code_example && <Markdown text={type.code_example} />}
          </div>
        </>
      )}
    </Loaded>
  );
}
