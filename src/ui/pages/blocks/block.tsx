// Shows one block: its values, with secrets as asterisks, and how code loads it.
import { Pencil, Trash2 } from "lucide-preact";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import type { BlockDocument } from "#wire/blocks.ts";
import { to } from "../../data/base.ts";
import { useQuery } from "../../data/query.ts";
import { Button } from "../../parts/button.tsx";
import { Loaded } from "../../parts/lists/loaded.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Code } from "../../parts/text/code.tsx";
import { Command, shellWord } from "../../parts/text/command.tsx";
import { Details } from "../../parts/text/details.tsx";
import { Id } from "../../parts/text/id.tsx";
import { JsonView } from "../../parts/text/json-view.tsx";
import { Time } from "../../parts/text/time.tsx";
import type { PageProps } from "../registry.ts";
import { blockName, removedBlocks } from "./block-actions.ts";

export default function BlockPage({ params: { id } }: PageProps<"id">) {
  const query = useQuery("readBlockDocument", { params: { id } });
  return (
    <Loaded of={query} record="block">
      {(block) => <Block block={block} />}
    </Loaded>
  );
}

function Block({ block }: { block: BlockDocument }) {
  const { route } = useLocation();
  const { id, name, block_type: type, block_schema: schema, data } = block;
  const actions = (
    <>
      <Button icon={Pencil} href={to(pages.editBlock(id))}>
        Change
      </Button>
      <Button
        icon={Trash2}
        onClick={async () => {
          if (await removedBlocks([block])) route(to(pages.blocks()), true);
        }}
      >
        Delete
      </Button>
    </>
  );
  return (
    <>
      <PageHead
        title={name ?? "Anonymous block"}
        crumbs={[
          { title: "Blocks", href: to(pages.blocks()) },
          ...(type ? [{ title: type.name, href: to(pages.blockType(type.slug)) }] : []),
        ]}
        actions={actions}
      />
      <div class="stack">
        <Details
          facts={[
            ["Capabilities", schema?.capabilities.join(", ")],
            ["Created", <Time at={block.created} />],
            ["Changed", <Time at={block.updated} />],
            ["Id", <Id id={id} />],
            ["Command", <Command>{`orch block inspect ${shellWord(blockName(block))}`}</Command>],
          ]}
        />
        <h2>Values</h2>
        <JsonView value={data} label="Values of the block" />
        {name && type && (
          <>
            <h2>In code</h2>
            <Code
              text={`import { Block } from "orch";\n\nconst block = await Block.load("${blockName(block)}");`}
              label="How code loads it"
            />
          </>
        )}
      </div>
    </>
  );
}
