'use client';

import { useAuth } from '@clerk/nextjs';
import { useState } from 'react';

const API = process.env.NEXT_PUBLIC_API_URL ?? 'http://localhost:8080';

export default function Page() {
  const { getToken } = useAuth();
  const [said, setSaid] = useState('');

  const ask = async () => {
    const token = await getToken();
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    try {
      const answer = await fetch(`${API}/api/protected`, { headers });
      setSaid(`${answer.status} ${await answer.text()}`);
    } catch {
      setSaid(`Nothing answers at ${API}: start the API, as the README says.`);
    }
  };

  return (
    <>
      <h1>One sign-in, two apps</h1>
      <p>This page gets a token from its SDK and sends it to the API, which verifies it without asking anybody.</p>
      <p><button onClick={ask}>Ask the API</button></p>
      {said && <pre id="said">{said}</pre>}
    </>
  );
}
