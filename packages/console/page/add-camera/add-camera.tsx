import { createContext, lazy, type ReactNode, Suspense, useContext, useState } from 'react';

const Dialog = lazy(async () => ({ default: (await import('./add-camera-dialog.tsx')).AddCameraDialog }));

const OpenContext = createContext<() => void>(() => {});

/** Opens the dialog by which a camera is added, from wherever one is. */
export function useAddCamera(): () => void {
  return useContext(OpenContext);
}

/** The dialog is loaded when it is opened for the first time. */
export function AddCameraProvider({ children }: { children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const [wasOpened, setOpened] = useState(false);
  const open = () => {
    setOpened(true);
    setOpen(true);
  };
  return (
    <OpenContext value={open}>
      {children}
      {wasOpened && (
        <Suspense>
          <Dialog isOpen={isOpen} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </OpenContext>
  );
}
