import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { en, type Text } from './en.ts';

const LOADERS = { en: async () => en, zh: async () => (await import('./zh.ts')).zh } as const;
export type Language = keyof typeof LOADERS;
export const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' };

const KEY = 'flux-language';
const TAGS: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };

interface TextValue {
  readonly text: Text;
  readonly language: Language;
  /** For dates and numbers. */
  readonly tag: string;
  choose(language: Language): void;
}

const TextContext = createContext<TextValue>({ text: en, language: 'en', tag: 'en', choose: () => {} });

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEY);
  if (kept === 'en' || kept === 'zh') return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** Nothing is drawn until the language is there: no page flickers from one to the other. */
export function TextProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  const [loaded, setLoaded] = useState<{ language: Language; text: Text }>();
  useEffect(() => {
    let isCurrent = true;
    void LOADERS[language]().then(text => {
      if (!isCurrent) return;
      document.documentElement.lang = TAGS[language];
      setLoaded({ language, text });
    });
    return () => {
      isCurrent = false;
    };
  }, [language]);
  const value = useMemo(
    () =>
      loaded && {
        ...loaded,
        tag: TAGS[loaded.language],
        choose: (chosen: Language) => {
          localStorage.setItem(KEY, chosen);
          setLanguage(chosen);
        },
      },
    [loaded],
  );
  return value ? <TextContext value={value}>{children}</TextContext> : null;
}

export function useText(): Text {
  return useContext(TextContext).text;
}

export function useLanguage(): TextValue {
  return useContext(TextContext);
}
