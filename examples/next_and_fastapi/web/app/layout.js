import { ClerkProvider } from '@clerk/nextjs';

export default function Layout({ children }) {
  return (
    <ClerkProvider>
      <html lang="en">
        <body style={{ font: '16px/1.6 system-ui, sans-serif', margin: '3rem auto', maxWidth: '40rem' }}>{children}</body>
      </html>
    </ClerkProvider>
  );
}
