import { ClerkProvider } from '@clerk/nextjs';
import Link from 'next/link';
import './style.css';
import Who from './who';

export const metadata = { title: 'Next.js in front, FastAPI behind', icons: 'data:,' };

export default function Layout({ children }) {
  return (
    <ClerkProvider>
      <html lang="en">
        <body>
          <header>
            <strong><Link href="/">Next.js and FastAPI</Link></strong>
            <Who />
          </header>
          <main>{children}</main>
        </body>
      </html>
    </ClerkProvider>
  );
}
