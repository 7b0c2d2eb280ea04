import { Show, SignInButton, SignUpButton, UserButton } from "@clerk/react-router";
import { useState } from "react";

export default function Home() {
  const [said, setSaid] = useState("");
  const ask = async () => {
    const answer = await fetch("/api/protected");
    setSaid(`app ${answer.status} ${await answer.text()}`);
  };
  return (
    <main>
      <Show when="signed-out">
        <SignInButton />
        <SignUpButton />
      </Show>
      <Show when="signed-in">
        <UserButton />
      </Show>
      <button onClick={ask}>Ask app</button>
      <p id="said">{said}</p>
    </main>
  );
}
