import { Body, Button, Head, Html, Preview, Text } from "@react-email/components";
import { render } from "@react-email/render";
import { flow, getRunLogger } from "orch";

function Welcome({ name }: { name: string }) {
  return (
    <Html lang="en">
      <Head />
      <Preview>Welcome</Preview>
      <Body>
        <Text>Dear {name}</Text>
        <Button href="https://example.org/start">Start</Button>
      </Body>
    </Html>
  );
}

export const example = flow(async function example(name: string = "Ada") {
  const html = await render(<Welcome name={name} />);
  const text = await render(<Welcome name={name} />, { plainText: true });
  getRunLogger().info(`${html.includes("<!DOCTYPE html")} ${JSON.stringify(text)}`);
});
