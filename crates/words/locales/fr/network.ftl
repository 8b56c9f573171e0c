# Who was not reached, and who is not in step.

unreached-no-address = aucune adresse de son nœud n'est connue, et il ne s'est pas connecté
unreached-refused = son nœud ne tourne pas, ou pas aux adresses connues
unreached-elsewhere = un autre nœud écoute à son adresse
unreached-behind = on ne peut pas appeler son nœud, et le partenaire qui le relaie ne l'atteint pas
unreached-timed-out = son nœud n'a pas répondu à temps
unreached-no-route = aucun chemin ne mène d'ici à son adresse ; cette machine est-elle reliée à un réseau ?
unreached-broken-off = la connexion avec son nœud s'est rompue
unreached-foreign = ce qui écoute à son adresse n'est pas un nœud accord
unreached-unwelcome = son nœud n'a pas accepté cet appareil
unreached-pending = l'admission de cette organisation y est en attente
unreached-address = cette version ne peut pas joindre son adresse { $address }
unreached-no-place = il n'y a plus de place ici pour son nœud
behind-lost = la connexion a été perdue
behind-refused = des entrées d'un journal ont été refusées : { $why }
behind-unsaid-some =
    { $count ->
        [one] son nœud n'a pas dit qu'il a la dernière entrée
       *[other] son nœud n'a pas dit qu'il a { $count } entrées
    }
behind-unsaid = son nœud n'a pas encore dit ce qu'il a
behind-not-here =
    { $count ->
        [one] { $count } de ses entrées n'est pas encore ici
       *[other] { $count } de ses entrées ne sont pas encore ici
    }
entries-left =
    { $count ->
        [one] encore { $count } entrée
       *[other] encore { $count } entrées
    }
connecting = connexion
unexpected = un échec inattendu
pack-not-as-told = ce n'est pas ce que l'expéditeur en dit
